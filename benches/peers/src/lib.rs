//! The whole production stack, against bare axum and against the same stack of tower layers.
//!
//! Each of three programs serves the same [`route`]: `bare`, `testudo` and `tower-http`. A [`Peer`] is one of them,
//! running. `../BENCHMARKING.md` describes how they are measured; `cargo xtask bench stack` does it.

pub mod contract;
mod peer;
pub mod route;
mod threads;

pub use peer::{Kind, Peer};
pub use threads::serve;
