//! How much is done, and how closely time is looked at.

use super::figures::Bound;

/// How much of an exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it, on a machine that does nothing else: what is promised has to be kept.
    Full,
    /// Less of everything, wherever tests run: others may have the processors for a while. A broken mechanism shows all
    /// the same, because what it prevents then fails, stays open, grows, or waits for a limit further out.
    Reduced,
}

impl Extent {
    pub(super) fn pick<T>(self, full: T, reduced: T) -> T {
        match self {
            Self::Full => full,
            Self::Reduced => reduced,
        }
    }

    /// No more than what is promised; where others have the processors, too, no more than a ceiling far above.
    pub(super) fn at_most(self, promised: f64, ceiling: f64) -> Bound {
        Bound::AtMost(self.pick(promised, ceiling))
    }
}
