//! The time of day of something whose place in the monotonic time is known.

use std::time::{Duration, Instant, SystemTime};

/// How long the two clocks are taken to go alike. Whoever sets the system's clock sees it in the log no later.
const ALIKE: Duration = Duration::from_millis(10);

/// Knows when both clocks were last looked at: a busy thread looks at one of them for most of its lines.
pub(super) struct Clock(Option<(Instant, SystemTime)>);

impl Clock {
    pub(super) const fn new() -> Self {
        Self(None)
    }

    /// The time of day at an instant that is just now.
    pub(super) fn time(&mut self, at: Instant) -> SystemTime {
        self.time_or(at, SystemTime::now)
    }

    fn time_or(&mut self, at: Instant, now: impl FnOnce() -> SystemTime) -> SystemTime {
        if let Some((instant, time)) = self.0
            && let Some(since) = at.checked_duration_since(instant)
            && since <= ALIKE
        {
            return time + since;
        }
        let now = now();
        self.0 = Some((at, now));
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_is_looked_up_once_in_a_while_and_never_from_a_later_instant() {
        let (start, day) = (Instant::now(), SystemTime::UNIX_EPOCH + Duration::from_hours(24));
        let mut clock = Clock::new();
        // (instant, what the system says then if it is asked, what is said)
        for (at, system, expected) in
            [(10, 0, 0), (10, 99, 0), (17, 99, 7), (20, 99, 10), (21, 99, 99), (11, 5, 5)]
        {
            let millis = Duration::from_millis;
            let time = clock.time_or(start + millis(at), || day + millis(system));
            assert_eq!(time, day + millis(expected), "at {at}");
        }
    }
}
