//! Accepting that fails.

use std::{io, time::Duration};

/// The first pause when the process or the machine has run out of something, and the longest.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// What to do before the next try, after `failures` before this one.
pub(super) fn pause(error: &io::Error, failures: u32) -> Option<Duration> {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    match error.kind() {
        // One connection's end, not the listener's: the next may be there already.
        ConnectionAborted | ConnectionReset | ConnectionRefused | Interrupted => None,
        // Descriptors or memory (EMFILE, ENFILE, ENOBUFS, ENOMEM), or what nobody has thought of: it lasts, and asking
        // at once would spin.
        _ => Some(PAUSE.saturating_mul(1 << failures.min(8)).min(LONGEST_PAUSE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_lost_connection_costs_no_time_and_exhaustion_longer_and_longer() {
        for (name, error, failures, expected) in [
            ("ECONNABORTED", io::Error::from(io::ErrorKind::ConnectionAborted), 7, None),
            ("EMFILE", io::Error::from_raw_os_error(24), 0, Some(50)),
            ("EMFILE again", io::Error::from_raw_os_error(24), 2, Some(200)),
            ("EMFILE for long", io::Error::from_raw_os_error(24), u32::MAX, Some(1_000)),
            ("ENOMEM", io::Error::from(io::ErrorKind::OutOfMemory), 0, Some(50)),
            ("unknown", io::Error::other("?"), 1, Some(100)),
        ] {
            assert_eq!(pause(&error, failures), expected.map(Duration::from_millis), "{name}");
        }
    }
}
