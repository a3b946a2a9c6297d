//! Limits in the memory of this process.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use testudo_core::Clock;

use super::{
    decision::{Decision, Left},
    gcra::Gcra,
    micros,
    policy::{Policy, Rule},
    table::{Entry, Place, Table},
    window::{Log, Window},
};
use crate::Key;

/// Keys that are kept at the same time.
const KEYS: usize = 1_000_000;

/// How a limiter in memory works.
///
/// ```
/// use testudo_core::Clock;
/// use testudo_store::{Limiter, MemoryOptions};
///
/// let options = MemoryOptions::default();
/// assert_eq!(options.max_keys, 1_000_000);
/// let limiter = Limiter::memory_with(MemoryOptions { max_keys: 10_000, ..options });
/// ```
#[derive(Debug, Clone)]
pub struct MemoryOptions {
    /// About how many keys it keeps at the same time, for each algorithm; a key of an exact window counts once for every
    /// time it records. Defaults to 1,000,000, for which gcra takes less than 100 MB, usually half of it.
    ///
    /// At the maximum, keys give way to new ones: those that have used the least (gcra: whose units would be back first;
    /// a window: the smallest share). So a flood of new keys frees nobody who is at a limit, until as many others are at
    /// theirs.
    pub max_keys: usize,
    /// What tells the time. Defaults to the system's clock. While it goes backwards, nobody is freed, and nobody is
    /// locked out for longer than a whole burst or window takes.
    pub clock: Clock,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        Self { max_keys: KEYS, clock: Clock::default() }
    }
}

/// Limits in the memory of this process.
pub(super) struct Memory {
    gcra: Table<Back>,
    windows: Table<Recorded>,
    clock: Clock,
}

/// When everything that was taken has come back.
#[derive(Default)]
struct Back(u64);

impl Entry for Back {
    fn ends(&self) -> u64 {
        self.0
    }

    /// The more was taken, the later it is back.
    fn worth(&self) -> (u64, u64) {
        (self.0, 0)
    }

    fn is_empty(&self) -> bool {
        self.0 == 0
    }
}

/// What passed, and by which rule it was written.
#[derive(Default)]
struct Recorded(Option<Box<(Window, Log)>>);

impl Entry for Recorded {
    fn ends(&self) -> u64 {
        self.0.as_deref().map_or(0, |(window, log)| log.ends(*window))
    }

    fn worth(&self) -> (u64, u64) {
        self.0.as_deref().map_or((0, 0), |(window, log)| (log.share(*window), log.ends(*window)))
    }

    fn size(&self) -> usize {
        self.0.as_deref().map_or(0, |(_, log)| log.len() + 1)
    }

    fn is_empty(&self) -> bool {
        self.0.as_deref().is_none_or(|(_, log)| log.len() == 0)
    }
}

impl Memory {
    pub(super) fn new(options: MemoryOptions) -> Self {
        let MemoryOptions { max_keys, clock } = options;
        Self { gcra: Table::new(max_keys), windows: Table::new(max_keys), clock }
    }

    pub(super) fn decide(&self, policy: &Policy, key: &Key, cost: u32) -> Decision {
        let now = micros(self.clock.now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO));
        let mut place = Place::default();
        place.copy_from_slice(&policy.place_of(key)[..size_of::<Place>()]);
        let left = match policy.rule() {
            Rule::Gcra(gcra) => self.gcra(gcra, place, now, cost),
            Rule::Window(window) => self.window(window, place, now, cost),
        };
        Decision::of(now, left)
    }

    fn gcra(&self, gcra: Gcra, place: Place, now: u64, cost: u32) -> Left {
        self.gcra.change(place, now, |entry| {
            let (back, left) = gcra.decide(entry.0, now, cost);
            // What is all there needs no entry.
            entry.0 = if back > now { back } else { 0 };
            left
        })
    }

    fn window(&self, window: Window, place: Place, now: u64, cost: u32) -> Left {
        self.windows.change(place, now, |entry| {
            let (rule, log) = &mut **entry.0.get_or_insert_with(|| Box::new((window, Log::default())));
            *rule = window;
            window.decide(log, now, cost)
        })
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("clock", &self.clock).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
