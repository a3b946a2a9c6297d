//! The time, as something a service is given.

use std::{fmt, sync::Arc, time::SystemTime};

/// Tells the time. Cheap to clone; services keep it in their state, tests replace it.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use testudo_core::Clock;
///
/// let noon = SystemTime::UNIX_EPOCH + Duration::from_secs(12 * 3_600);
/// let stopped = Clock::from_fn(move || noon);
/// assert_eq!(stopped.now(), noon);
/// ```
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl Clock {
    /// The system's clock.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use testudo_core::Clock;
    ///
    /// let before = SystemTime::now();
    /// assert!(Clock::system().now() >= before);
    /// ```
    pub fn system() -> Self {
        Self::from_fn(SystemTime::now)
    }

    /// A clock that asks `now` every time.
    pub fn from_fn(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time now.
    pub fn now(&self) -> SystemTime {
        (self.0)()
    }

    /// The time now, in whole seconds since 1970-01-01T00:00:00Z; `0` for a clock set before that.
    ///
    /// ```
    /// # use std::time::{Duration, SystemTime};
    /// # use testudo_core::Clock;
    /// let clock = Clock::from_fn(|| SystemTime::UNIX_EPOCH + Duration::from_millis(1_999));
    /// assert_eq!(clock.unix_seconds(), 1);
    /// let early = Clock::from_fn(|| SystemTime::UNIX_EPOCH - Duration::from_secs(1));
    /// assert_eq!(early.unix_seconds(), 0);
    /// ```
    pub fn unix_seconds(&self) -> u64 {
        self.now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
    }
}

impl Default for Clock {
    /// Defaults to the system's clock.
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
