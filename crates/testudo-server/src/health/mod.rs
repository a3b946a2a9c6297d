//! Whether the service lives, and whether it should get traffic.
//!
//! | Question | Answer |
//! |---|---|
//! | `/health`: does the process live? | yes, as long as it answers; no lock, no I/O |
//! | `/readiness`: should it get traffic? | its checks' last results, which background tasks keep up to date |
//! | `/startup`: has it been ready once? | `503` until then |
//!
//! A probe reads one atomic number: it is as fast with a dead database as with a live one.

mod answer;
mod check;
mod hysteresis;
mod readiness;

pub(crate) use answer::Probe;
pub(crate) use check::Check;
pub use check::{Health, IntoHealth};
pub(crate) use readiness::{Readiness, watch};
