//! The generic cell rate algorithm: one number for each key.
//!
//! The number is the time at which everything that was taken has come back, the theoretical arrival time of ITU-T
//! Recommendation I.371, annex A. Everything here is in microseconds.

use super::decision::Left;

/// A unit comes back every `interval`, and `burst` of them can be taken at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gcra {
    pub(super) interval: u64,
    pub(super) burst: u32,
}

impl Gcra {
    /// How long it takes until a whole burst has come back.
    pub(super) fn tolerance(self) -> u64 {
        self.interval.saturating_mul(u64::from(self.burst))
    }

    /// Decides, and returns when everything has come back afterwards.
    pub(super) fn decide(self, back: u64, now: u64, cost: u32) -> (u64, Left) {
        let back = self.settled(back, now);
        let taken = back.saturating_add(self.interval.saturating_mul(u64::from(cost)));
        let admitted = taken <= now.saturating_add(self.tolerance());
        let back = if admitted { taken } else { back };
        (back, self.left(back, now, cost, admitted))
    }

    /// What is left once it is decided.
    pub(super) fn left(self, back: u64, now: u64, cost: u32, admitted: bool) -> Left {
        let back = self.settled(back, now);
        let room = now.saturating_add(self.tolerance()).saturating_sub(back);
        Left {
            admitted,
            remaining: room / self.interval.max(1),
            retry: self.interval.saturating_mul(u64::from(cost)).saturating_sub(room),
            reset: back.saturating_sub(now),
        }
    }

    /// A clock that went backwards frees nobody, and locks nobody out for longer than a whole burst takes.
    fn settled(self, back: u64, now: u64) -> u64 {
        back.clamp(now, now.saturating_add(self.tolerance()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two at once, one every 10.
    const LIMIT: Gcra = Gcra { interval: 10, burst: 2 };

    #[test]
    fn what_is_admitted_and_what_is_left() {
        for (name, back, now, cost, after, admitted, remaining, retry, reset) in [
            ("an unknown key", 0, 1_000, 1, 1_010, true, 1, 0, 10),
            ("a whole burst", 0, 1_000, 2, 1_020, true, 0, 20, 20),
            ("the last unit", 1_010, 1_000, 1, 1_020, true, 0, 10, 20),
            ("none left", 1_020, 1_000, 1, 1_020, false, 0, 10, 20),
            ("a moment too early", 1_020, 1_009, 1, 1_020, false, 0, 1, 11),
            ("on time", 1_020, 1_010, 1, 1_030, true, 0, 10, 20),
            ("two where there is one", 1_010, 1_000, 2, 1_010, false, 1, 10, 10),
            ("nothing is always admitted", 1_020, 1_000, 0, 1_020, true, 0, 0, 20),
            ("a clock that went backwards frees nobody", 9_000, 1_000, 1, 1_020, false, 0, 10, 20),
            ("the end of time", 0, u64::MAX, 1, u64::MAX, true, 0, 10, 0),
        ] {
            let (back, left) = LIMIT.decide(back, now, cost);
            let is = (back, left.admitted, left.remaining, left.retry, left.reset);
            assert_eq!(is, (after, admitted, remaining, retry, reset), "{name}");
        }
    }
}
