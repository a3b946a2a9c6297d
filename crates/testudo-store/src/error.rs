//! Why a store could not be asked.

use std::{error::Error, fmt, sync::Arc};

/// What went wrong with a store.
///
/// ```
/// use testudo_store::{Redis, RedisOptions, StoreErrorKind};
///
/// let error = Redis::open(&RedisOptions::new("http://127.0.0.1")).unwrap_err();
/// assert_eq!(error.kind(), StoreErrorKind::Settings);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// It cannot be reached, or the connection broke off.
    Unavailable,
    /// It did not answer in time.
    Timeout,
    /// It answered, but not with what was asked for: it is still loading, refuses the password or is full.
    Refused,
    /// The settings name no store that there could be.
    Settings,
}

/// Why a store could not be asked. What it says is for the log, and holds no password.
///
/// ```
/// use testudo_store::{Redis, RedisOptions};
///
/// let error = Redis::open(&RedisOptions::new("redis://:hunter2@[")).unwrap_err();
/// assert!(error.to_string().starts_with("the address of Redis"));
/// assert!(!format!("{error:?}").contains("hunter2"));
/// ```
#[derive(Debug, Clone)]
pub struct StoreError {
    kind: StoreErrorKind,
    what: &'static str,
    source: Option<Arc<redis::RedisError>>,
}

impl StoreError {
    pub(crate) fn settings(what: &'static str) -> Self {
        Self { kind: StoreErrorKind::Settings, what, source: None }
    }

    pub(crate) fn timeout() -> Self {
        Self { kind: StoreErrorKind::Timeout, what: "Redis did not answer in time", source: None }
    }

    pub(crate) fn of_redis(error: redis::RedisError) -> Self {
        let (kind, what) = if error.is_timeout() {
            (StoreErrorKind::Timeout, "Redis did not answer in time")
        } else if error.is_io_error() {
            (StoreErrorKind::Unavailable, "Redis cannot be reached")
        } else {
            (StoreErrorKind::Refused, "Redis does not do what it is asked")
        };
        Self { kind, what, source: Some(Arc::new(error)) }
    }

    /// What went wrong.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use testudo_store::{Key, Limiter, Policy, Redis, RedisOptions, StoreErrorKind};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let nobody = Redis::open(&RedisOptions::new("redis://127.0.0.1:1")).unwrap();
    /// let policy = Policy::window("exports", 2, Duration::from_secs(60)).unwrap();
    /// let key = Key::of("tenant", 1).part("acme").make();
    /// let error = Limiter::redis(nobody).decide(&policy, &key, 1).await.unwrap_err();
    /// assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    /// # });
    /// ```
    pub fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, ": {source}"))
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().and_then(Error::source)
    }
}
