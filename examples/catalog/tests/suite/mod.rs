//! The catalogue as its clients meet it, whatever database is behind it.

mod access;
mod outage;
mod products;
mod restart;
mod sign_in;
pub(crate) mod support;
