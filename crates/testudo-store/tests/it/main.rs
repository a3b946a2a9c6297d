//! Limits, the same way in memory and on Redis.

#![expect(clippy::print_stderr, clippy::print_stdout, reason = "what tests print is for whoever runs them")]

mod conformance;
mod model;
mod outage;
mod processes;
mod redis;
mod stores;
