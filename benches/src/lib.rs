//! What shields cost at run time, against the same checks without them.
//!
//! Every [`Scenario`] answers the same request in the same way. `BENCHMARKING.md` describes how they are measured;
//! `cargo xtask bench shields` does it.

mod forms;
pub mod load;
pub mod request;
mod scenario;
mod service;

pub use scenario::{Checks, Form, Scenario};
