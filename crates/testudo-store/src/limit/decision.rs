//! What a limit says about one request.

use std::time::Duration;

/// What a limit says.
///
/// ```
/// use testudo_store::Outcome;
///
/// assert!(Outcome::Admitted.lets_pass() && Outcome::Unchecked.lets_pass());
/// assert!(!Outcome::Denied.lets_pass() && !Outcome::Never.lets_pass());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There was room, and the units are taken.
    Admitted,
    /// There is no room now. Nothing was taken.
    Denied,
    /// It costs more than the policy ever allows at once: waiting does not help.
    Never,
    /// The store was down, and the use of the limit said [`WhenDown::Open`](super::WhenDown::Open).
    Unchecked,
}

impl Outcome {
    /// Whether the request passes.
    pub fn lets_pass(self) -> bool {
        matches!(self, Self::Admitted | Self::Unchecked)
    }
}

/// What a limit says about one request, and what holds after it.
///
/// All durations count from [`at`](Self::at). They hold if nobody else asks for the same key meanwhile.
///
/// ```
/// use std::time::Duration;
/// use testudo_store::{Key, Limiter, Outcome, Policy};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let limiter = Limiter::memory();
/// let policy = Policy::gcra("login", 1, Duration::from_secs(60), 2).unwrap();
/// let key = Key::of("rate", 1).part("203.0.113.7").make();
///
/// let first = limiter.decide(&policy, &key, 1).await.unwrap();
/// assert_eq!((first.outcome, first.remaining, first.retry_after), (Outcome::Admitted, 1, Duration::ZERO));
/// limiter.decide(&policy, &key, 1).await.unwrap();
///
/// let third = limiter.decide(&policy, &key, 1).await.unwrap();
/// assert_eq!((third.outcome, third.remaining), (Outcome::Denied, 0));
/// assert!(third.retry_after > Duration::from_secs(50));
/// assert!(third.reset_after > Duration::from_secs(110));
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Decision {
    /// What it says.
    pub outcome: Outcome,
    /// Units that would pass right after it.
    pub remaining: u32,
    /// From now until a request of the same cost passes: then, and not earlier. Zero if one would pass at once;
    /// [`Duration::MAX`] if none ever does.
    pub retry_after: Duration,
    /// From now until nothing is left of what was taken.
    pub reset_after: Duration,
    /// The time that the store decided by, since 1970-01-01T00:00:00Z.
    pub at: Duration,
    /// Whether this process decided on its own, because the store was down ([`WhenDown::Local`]).
    pub is_local: bool,
}

/// What becomes of a request while the store cannot be asked.
///
/// ```
/// use testudo_store::WhenDown;
///
/// assert_eq!(WhenDown::default(), WhenDown::Closed);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WhenDown {
    /// It is an error: nobody passes unseen. The default.
    #[default]
    Closed,
    /// It passes, and is not counted.
    Open,
    /// Each process counts on its own, in its memory: with several, as many times more pass.
    Local,
}

/// What is left of a key, as both algorithms tell it. In microseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) admitted: bool,
    pub(super) remaining: u64,
    pub(super) retry: u64,
    pub(super) reset: u64,
}

impl Decision {
    pub(super) fn of(now: u64, left: Left) -> Self {
        Self {
            outcome: if left.admitted { Outcome::Admitted } else { Outcome::Denied },
            remaining: u32::try_from(left.remaining).unwrap_or(u32::MAX),
            retry_after: Duration::from_micros(left.retry),
            reset_after: Duration::from_micros(left.reset),
            at: Duration::from_micros(now),
            is_local: false,
        }
    }

    /// Of a request whose cost is beyond the policy: nobody is asked, and what is left is not known.
    pub(super) fn never() -> Self {
        Self { outcome: Outcome::Never, retry_after: Duration::MAX, ..Self::unchecked() }
    }

    pub(super) fn unchecked() -> Self {
        Self {
            outcome: Outcome::Unchecked,
            remaining: 0,
            retry_after: Duration::ZERO,
            reset_after: Duration::ZERO,
            at: Duration::ZERO,
            is_local: false,
        }
    }

    pub(super) fn locally(self) -> Self {
        Self { is_local: true, ..self }
    }
}
