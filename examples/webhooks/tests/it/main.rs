//! The service over real sockets.

mod access;
mod billing;
mod common;
mod github;
mod secrets;
