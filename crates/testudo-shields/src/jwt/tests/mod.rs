//! Tests of the whole shield.

mod attacks;
mod fixture;
mod holds;
mod key_server;
mod key_server_tls;
mod properties;
mod published;
mod settings;
