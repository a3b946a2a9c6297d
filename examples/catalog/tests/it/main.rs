//! The catalogue as its clients and operators meet it.

mod access;
mod outage;
mod products;
mod program;
mod restart;
mod sign_in;
mod support;
