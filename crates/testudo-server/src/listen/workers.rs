//! How many threads serve requests.

use std::{num::NonZero, thread};

/// What `server.workers` says, else what the control group's CPU quota allows, else the processors there are; at
/// least one.
///
/// The standard library reads the quota on Linux, of cgroup v2 and v1, and counts the affinity mask
/// (`std::thread::available_parallelism`). It rounds a quota down: half a processor more is not worth a thread that
/// would use up the others' share and have all of them throttled.
pub(crate) fn workers(configured: Option<usize>) -> usize {
    let available = || thread::available_parallelism().map_or(1, NonZero::get);
    configured.unwrap_or_else(available).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_configured_holds_and_there_is_always_one() {
        for (name, configured, expected) in [("some", Some(3), 3), ("none at all", Some(0), 1)] {
            assert_eq!(workers(configured), expected, "{name}");
        }
        assert!(workers(None) >= 1);
    }
}
