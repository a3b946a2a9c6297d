//! How important a line has to be, while the service runs.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use testudo_settings::LogLevel;
use tracing::{Level, level_filters::LevelFilter};

/// The levels, from the most important on.
const LEVELS: [LogLevel; 5] =
    [LogLevel::Error, LogLevel::Warn, LogLevel::Info, LogLevel::Debug, LogLevel::Trace];

/// A level that can be changed while lines are written. Clones are the same one.
#[derive(Debug, Clone)]
pub(super) struct SharedLevel(Arc<AtomicU8>);

impl SharedLevel {
    pub(super) fn new(level: LogLevel) -> Self {
        Self(Arc::new(AtomicU8::new(level as u8)))
    }

    pub(super) fn get(&self) -> LogLevel {
        LEVELS[usize::from(self.0.load(Ordering::Relaxed)).min(LEVELS.len() - 1)]
    }

    /// Changes it, also for the call sites that have asked before: they remember the answer.
    pub(super) fn set(&self, level: LogLevel) {
        self.0.store(level as u8, Ordering::Relaxed);
        tracing_core::callsite::rebuild_interest_cache();
    }

    /// Whether a line of this level is written.
    pub(super) fn allows(&self, level: Level) -> bool {
        level <= self.as_filter()
    }

    pub(super) fn as_filter(&self) -> LevelFilter {
        match self.get() {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_allows_itself_and_what_is_more_important() {
        let order = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];
        for (place, level) in LEVELS.into_iter().enumerate() {
            let shared = SharedLevel::new(level);
            assert_eq!(shared.get(), level);
            for (other, event) in order.into_iter().enumerate() {
                assert_eq!(shared.allows(event), other <= place, "{event} at {}", level.as_str());
            }
        }
    }
}
