//! Tests of the whole shield.

mod attacks;
mod fixture;
mod holds;
mod key_server;
mod properties;
mod settings;
