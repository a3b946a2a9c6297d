//! A shield that could not decide.

use std::{borrow::Cow, fmt, sync::Arc};

use axum::BoxError;

use super::{Panicked, ShieldInfo};
use crate::problem::Problem;

/// Why a shield could not decide.
///
/// ```
/// use testudo_core::{Fail, FailKind};
///
/// assert_eq!(Fail::unavailable("the store is down").kind(), FailKind::Unavailable);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailKind {
    /// Something it asks was not available: `503` with `Retry-After`.
    Unavailable,
    /// It did not answer in time: `503` with `Retry-After`.
    Timeout,
    /// It has a bug, such as a panic: `500`.
    Bug,
}

/// The shield could not decide. The cause goes to the log and never to the client.
///
/// ```
/// use testudo_core::Fail;
///
/// let fail = Fail::unavailable("connection refused by 10.0.0.7");
/// let problem = fail.to_problem();
/// assert_eq!(problem.status(), 503);
/// assert!(!serde_json::to_string(&problem).unwrap().contains("10.0.0.7"));
/// assert_eq!(fail.to_string(), "connection refused by 10.0.0.7"); // for the log
/// assert_eq!(fail.shield(), None); // until a stack has run it
/// ```
#[derive(Clone)]
pub struct Fail {
    cause: Arc<Cause>,
    shield: Option<Cow<'static, str>>,
}

struct Cause {
    kind: FailKind,
    source: BoxError,
}

impl Fail {
    /// Something the shield asks was not available.
    pub fn unavailable(cause: impl Into<BoxError>) -> Self {
        Self::new(FailKind::Unavailable, cause)
    }

    /// The shield has a bug.
    ///
    /// ```
    /// # use testudo_core::{Fail, FailKind};
    /// let fail = Fail::bug("index out of range");
    /// assert_eq!((fail.kind(), fail.to_problem().status().as_u16()), (FailKind::Bug, 500));
    /// ```
    pub fn bug(cause: impl Into<BoxError>) -> Self {
        Self::new(FailKind::Bug, cause)
    }

    pub(crate) fn timeout(cause: impl Into<BoxError>) -> Self {
        Self::new(FailKind::Timeout, cause)
    }

    fn new(kind: FailKind, cause: impl Into<BoxError>) -> Self {
        Self { cause: Arc::new(Cause { kind, source: cause.into() }), shield: None }
    }

    /// Why.
    pub fn kind(&self) -> FailKind {
        self.cause.kind
    }

    /// The name of the shield that failed, once it is known.
    pub fn shield(&self) -> Option<&str> {
        self.shield.as_deref()
    }

    /// Whether it panicked.
    pub(crate) fn is_panic(&self) -> bool {
        self.cause.source.is::<Panicked>()
    }

    /// Names the shield, where no inner one has.
    pub(crate) fn or_shield(mut self, info: &ShieldInfo) -> Self {
        self.shield.get_or_insert_with(|| info.name_cow().clone());
        self
    }

    /// What the client may know.
    pub fn to_problem(&self) -> Problem {
        match self.kind() {
            FailKind::Bug => Problem::internal(self.clone()),
            FailKind::Unavailable | FailKind::Timeout => Problem::unavailable(self.clone()),
        }
    }
}

impl fmt::Display for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.source.fmt(f)
    }
}

impl fmt::Debug for Fail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fail")
            .field("shield", &self.shield)
            .field("kind", &self.cause.kind)
            .field("source", &self.cause.source)
            .finish()
    }
}

impl std::error::Error for Fail {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.source.source()
    }
}
