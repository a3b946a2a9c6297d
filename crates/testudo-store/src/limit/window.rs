//! An exact log of what passed within the last period.
//!
//! Everything here is in microseconds.

use std::collections::VecDeque;

use super::decision::Left;

/// At most `limit` units in any `period`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) period: u64,
    pub(super) limit: u32,
}

/// What passed.
#[derive(Debug, Clone, Default)]
pub(super) struct Log {
    passed: VecDeque<Passed>,
    /// Units that passed before the first entry.
    gone: u64,
    /// By how much the clock was set back: the log's own time goes on from where it was.
    set_back: u64,
}

/// Units that passed at one time.
#[derive(Debug, Clone, Copy)]
struct Passed {
    at: u64,
    /// All that passed up to here.
    total: u64,
}

/// Capacity that is not worth giving back.
const SMALL_ENTRIES: usize = 16;

impl Window {
    /// Decides, and writes into the log what passed.
    pub(super) fn decide(self, log: &mut Log, now: u64, cost: u32) -> Left {
        let now = log.own_time(now);
        log.forget_until(now.checked_sub(self.period));
        let cost = u64::from(cost);
        let admitted = log.used().saturating_add(cost) <= u64::from(self.limit);
        if admitted && cost > 0 {
            log.write(now, cost);
        }
        Left {
            admitted,
            remaining: u64::from(self.limit).saturating_sub(log.used()),
            retry: self.retry(log, now, cost),
            reset: log.passed.back().map_or(0, |last| self.left_of(last.at, now)),
        }
    }

    /// When so much has been forgotten that this cost passes.
    fn retry(self, log: &Log, now: u64, cost: u64) -> u64 {
        let too_many = log.used().saturating_add(cost).saturating_sub(u64::from(self.limit));
        if too_many == 0 {
            return 0;
        }
        let enough = log.passed.partition_point(|passed| passed.total.saturating_sub(log.gone) < too_many);
        log.passed.get(enough).map_or(self.period, |passed| self.left_of(passed.at, now))
    }

    fn left_of(self, at: u64, now: u64) -> u64 {
        at.saturating_add(self.period).saturating_sub(now)
    }
}

impl Log {
    /// When the last entry is forgotten.
    pub(super) fn ends(&self, window: Window) -> u64 {
        let last = self.passed.back().map_or(0, |last| last.at.saturating_add(window.period));
        last.saturating_sub(self.set_back)
    }

    /// How much of the limit is taken, in millionths.
    pub(super) fn share(&self, window: Window) -> u64 {
        self.used().saturating_mul(1_000_000) / u64::from(window.limit.max(1))
    }

    /// How many entries it holds.
    pub(super) fn len(&self) -> usize {
        self.passed.len()
    }

    /// Time never goes backwards here: while the clock does, it stands still.
    fn own_time(&mut self, now: u64) -> u64 {
        let Some(last) = self.passed.back() else {
            self.set_back = 0;
            return now;
        };
        self.set_back = self.set_back.max(last.at.saturating_sub(now));
        now.saturating_add(self.set_back)
    }

    fn used(&self) -> u64 {
        self.passed.back().map_or(0, |last| last.total.saturating_sub(self.gone))
    }

    fn write(&mut self, now: u64, cost: u64) {
        let total = self.passed.back().map_or(self.gone, |last| last.total).saturating_add(cost);
        match self.passed.back_mut() {
            Some(last) if last.at == now => last.total = total,
            _ => self.passed.push_back(Passed { at: now, total }),
        }
    }

    fn forget_until(&mut self, end: Option<u64>) {
        while let Some(first) = self.passed.front().filter(|first| Some(first.at) <= end) {
            self.gone = first.total;
            self.passed.pop_front();
        }
        if self.passed.is_empty() {
            (self.gone, self.set_back) = (0, 0);
        }
        if self.passed.capacity() > SMALL_ENTRIES && self.passed.len() < self.passed.capacity() / 4 {
            self.passed.shrink_to(self.passed.len() * 2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_admitted_and_what_is_left() {
        let (window, mut log) = (Window { period: 100, limit: 3 }, Log::default());
        for (name, now, cost, admitted, remaining, retry, reset) in [
            ("nothing costs nothing", 1_000, 0, true, 3, 0, 0),
            ("the first", 1_000, 1, true, 2, 0, 100),
            ("two more", 1_040, 2, true, 0, 100, 100),
            ("none left", 1_050, 1, false, 0, 50, 90),
            ("two have to wait for the second entry", 1_050, 2, false, 0, 90, 90),
            ("a moment too early", 1_099, 1, false, 0, 1, 41),
            ("on time", 1_100, 1, true, 0, 40, 100),
            ("the clock is set back, and time stands still", 500, 1, false, 0, 40, 100),
            ("and goes on", 539, 1, false, 0, 1, 61),
            ("to where it was", 540, 2, true, 0, 100, 100),
            ("all is forgotten", 9_000, 3, true, 0, 100, 100),
            ("the end of time", u64::MAX, 1, true, 2, 0, 0),
        ] {
            let left = window.decide(&mut log, now, cost);
            let is = (left.admitted, left.remaining, left.retry, left.reset);
            assert_eq!(is, (admitted, remaining, retry, reset), "{name}");
        }
    }

    #[test]
    fn a_log_gives_its_memory_back() {
        let (window, mut log) = (Window { period: 100_000, limit: 10_000 }, Log::default());
        for now in 1..=10_000 {
            assert!(window.decide(&mut log, now, 1).admitted);
        }
        assert_eq!((log.len(), window.decide(&mut log, 10_001, 1).admitted), (10_000, false));
        assert_eq!(window.decide(&mut log, 200_000, 1).remaining, 9_999);
        assert!(log.passed.capacity() <= SMALL_ENTRIES, "{}", log.passed.capacity());
    }
}
