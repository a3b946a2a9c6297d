//! The three ways a shield can answer.

use axum::BoxError;

use super::{Block, Fail, Output};
use crate::argument::Passed;

/// A shield's answer. There is no fourth, and only the first lets a request through.
///
/// ```
/// use testudo_core::{Block, Verdict};
///
/// let verdict = Verdict::Pass(2).map(|n| n * 2);
/// assert!(verdict.is_pass());
/// // An error is never a pass: a block blocks, everything else fails.
/// assert!(matches!(Verdict::<u8>::from_error(Block::unauthorized("no")), Verdict::Block(_)));
/// assert!(matches!(Verdict::<u8>::from_error("the store is down"), Verdict::Fail(_)));
/// ```
#[derive(Debug)]
#[must_use]
pub enum Verdict<T> {
    /// The request may go on, with this value.
    Pass(T),
    /// The shield refuses the request: a decision.
    Block(Block),
    /// The shield could not decide: never counted as a pass, never confused with a block.
    Fail(Fail),
}

impl<T> Verdict<T> {
    /// The same answer with another value.
    ///
    /// ```
    /// # use testudo_core::Verdict;
    /// assert!(matches!(Verdict::Pass(2).map(|n| n * 2), Verdict::Pass(4)));
    /// ```
    pub fn map<U>(self, map: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Pass(value) => Verdict::Pass(map(value)),
            Self::Block(block) => Verdict::Block(block),
            Self::Fail(fail) => Verdict::Fail(fail),
        }
    }

    /// The same answer with another block.
    ///
    /// ```
    /// # use testudo_core::{Block, Verdict};
    /// let verdict = Verdict::<()>::Block(Block::unworded()).map_block(|block| block.detail("not yours"));
    /// assert!(matches!(verdict, Verdict::Block(block) if block.detail_text() == Some("not yours")));
    /// ```
    pub fn map_block(self, map: impl FnOnce(Block) -> Block) -> Self {
        match self {
            Self::Block(block) => Self::Block(map(block)),
            other => other,
        }
    }

    /// Whether the request may go on.
    ///
    /// ```
    /// # use testudo_core::{Block, Verdict};
    /// assert!(!Verdict::<()>::Block(Block::unworded()).is_pass());
    /// ```
    pub fn is_pass(&self) -> bool {
        matches!(self, Self::Pass(_))
    }

    /// An error as an answer: a [`Block`] blocks in its author's words, everything else fails.
    ///
    /// ```
    /// # use testudo_core::{Block, Verdict};
    /// assert!(matches!(Verdict::<()>::from_error(std::fmt::Error), Verdict::Fail(_)));
    /// ```
    pub fn from_error(error: impl Into<BoxError>) -> Self {
        match error.into().downcast::<Block>() {
            Ok(block) => Self::Block(*block),
            Err(error) => Self::Fail(Fail::unavailable(error)),
        }
    }
}

/// What a shield function may return.
///
/// | Result | passes | blocks | fails |
/// |---|---|---|---|
/// | `bool` | `true`, no value | `false` | |
/// | `Option<T>` | `Some(value)` | `None` | |
/// | `Result<Option<T>, E>` | `Ok(Some(value))` | `Ok(None)`, `Err(Block)` | every other error |
/// | [`Verdict<T>`] | `Pass(value)` | `Block(..)` | `Fail(..)` |
///
/// `bool` and `Option<T>` are for checks without I/O. `E` is any error, boxed ones too; a [`Block`] inside a
/// `BoxError` is still a block. `Result<T, Block>` is not among them: beside the fallible form it would let
/// `Ok(None)` pass.
///
/// ```
/// use testudo_core::{ShieldResult, Verdict};
///
/// assert!(Some(false).into_verdict().is_pass()); // the verdict decides, and never the value
/// assert!(matches!(false.into_verdict(), Verdict::Block(_)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shield result",
    label = "return `bool`, `Option<T>`, `Result<Option<T>, E>` or `Verdict<T>`",
    note = "`Ok(Some(value))` passes, `Ok(None)` and `Err(Block::..)` block, any other error fails"
)]
pub trait ShieldResult {
    /// What a pass hands down.
    type Output: Output;

    /// The answer.
    fn into_verdict(self) -> Verdict<<Self::Output as Output>::Value>;
}

impl ShieldResult for bool {
    type Output = ();

    fn into_verdict(self) -> Verdict<()> {
        if self { Verdict::Pass(()) } else { Verdict::Block(Block::unworded()) }
    }
}

impl<T: Clone + Send + Sync + 'static> ShieldResult for Option<T> {
    type Output = Passed<T>;

    fn into_verdict(self) -> Verdict<T> {
        match self {
            Some(value) => Verdict::Pass(value),
            None => Verdict::Block(Block::unworded()),
        }
    }
}

impl<T: Clone + Send + Sync + 'static, E: Into<BoxError>> ShieldResult for Result<Option<T>, E> {
    type Output = Passed<T>;

    fn into_verdict(self) -> Verdict<T> {
        match self {
            Ok(option) => option.into_verdict(),
            Err(error) => Verdict::from_error(error),
        }
    }
}

impl<T: Clone + Send + Sync + 'static> ShieldResult for Verdict<T> {
    type Output = Passed<T>;

    fn into_verdict(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind<T>(verdict: &Verdict<T>) -> &'static str {
        match verdict {
            Verdict::Pass(_) => "pass",
            Verdict::Block(_) => "block",
            Verdict::Fail(_) => "fail",
        }
    }

    #[test]
    fn only_the_verdict_decides_and_never_the_value() {
        assert_eq!(kind(&Some(0).into_verdict()), "pass");
        assert_eq!(kind(&Some(String::new()).into_verdict()), "pass");
        assert_eq!(kind(&Some(false).into_verdict()), "pass");
        assert_eq!(kind(&Ok::<_, BoxError>(Some(Vec::<u8>::new())).into_verdict()), "pass");
        assert_eq!(kind(&Some(None::<u8>).into_verdict()), "pass");
        assert_eq!(kind(&None::<u8>.into_verdict()), "block");
        assert_eq!(kind(&Ok::<_, BoxError>(None::<u8>).into_verdict()), "block");
        assert_eq!(kind(&false.into_verdict()), "block");
    }

    #[test]
    fn a_block_blocks_and_any_other_error_fails() {
        let block = || Block::unauthorized("no");
        assert_eq!(kind(&Err::<Option<u8>, _>(block()).into_verdict()), "block");
        assert_eq!(kind(&Err::<Option<u8>, BoxError>(block().into()).into_verdict()), "block");
        assert_eq!(kind(&Err::<Option<u8>, _>(std::fmt::Error).into_verdict()), "fail");
        assert_eq!(kind(&Err::<Option<u8>, BoxError>("down".into()).into_verdict()), "fail");
    }
}
