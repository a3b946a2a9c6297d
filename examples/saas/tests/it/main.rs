//! The service over real sockets.

mod access;
mod common;
mod keys;
mod plans;
mod tenants;
