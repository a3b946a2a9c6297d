//! Limits: how many units pass for a key, and in which time.
//!
//! The decisions are pure functions of what is kept for a key and of the time (`gcra`, `window`); the stores keep it, in
//! memory or on Redis.

mod decision;
mod gcra;
mod limiter;
mod memory;
mod policy;
mod shared;
mod table;
mod window;

use std::time::Duration;

pub use self::{
    decision::{Decision, Outcome, WhenDown},
    limiter::Limiter,
    memory::MemoryOptions,
    policy::{Policy, PolicyError},
};

/// Whole microseconds.
fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
