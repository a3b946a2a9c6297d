//! A clock that stands still until it is told to move.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use testudo_core::Clock;

/// A clock that a test moves. Clones show the same time.
///
/// ```
/// use std::time::Duration;
/// use testudo_testkit::MockClock;
///
/// let mock = MockClock::default();
/// let clock = mock.clock();
/// let before = clock.unix_seconds();
/// mock.advance(Duration::from_secs(60));
/// assert_eq!(clock.unix_seconds(), before + 60);
/// ```
#[derive(Debug, Clone)]
pub struct MockClock(Arc<Mutex<SystemTime>>);

impl MockClock {
    /// A clock that shows `now`.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use testudo_testkit::MockClock;
    ///
    /// assert_eq!(MockClock::at(SystemTime::UNIX_EPOCH).clock().unix_seconds(), 0);
    /// ```
    pub fn at(now: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Moves the clock forward.
    ///
    /// # Panics
    /// If the time is beyond what the system can show.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    /// The clock to hand to the service.
    pub fn clock(&self) -> Clock {
        let time = self.0.clone();
        Clock::from_fn(move || *time.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Default for MockClock {
    /// Shows 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at(SystemTime::UNIX_EPOCH + Duration::from_hours(490_896))
    }
}
