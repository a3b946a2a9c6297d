//! Why a request did not reach its handler.

use std::{error::Error, fmt, sync::Arc};

use axum::{
    BoxError,
    response::{IntoResponse, Response},
};
use http::{StatusCode, request::Parts};

use crate::{
    problem::Problem,
    shield::{Block, Fail, Verdict},
};

/// A request that goes no further: a shield blocked or failed, or an argument could not be had.
///
/// ```
/// use testudo_core::{Problem, Verdict, wiring::Refusal};
///
/// let refusal = Refusal::from(Problem::bad_request("no such page"));
/// assert!(matches!(refusal.into_verdict::<()>(), Verdict::Block(_)));
/// ```
#[derive(Debug)]
pub struct Refusal(Kind);

#[derive(Debug)]
enum Kind {
    Block(Block),
    Fail(Fail),
    Problem(Problem),
}

impl Refusal {
    /// The refusal as the answer of a shield: what is the client's fault blocks, what is ours fails.
    pub fn into_verdict<T>(self) -> Verdict<T> {
        match self.0 {
            Kind::Block(block) => Verdict::Block(block),
            Kind::Fail(fail) => Verdict::Fail(fail),
            Kind::Problem(problem) if problem.status().is_server_error() => {
                let cause: BoxError = match problem.shared_cause() {
                    Some(cause) => Box::new(Shared(cause)),
                    None => "an argument of the shield could not be had".into(),
                };
                Verdict::Fail(match problem.status() {
                    StatusCode::SERVICE_UNAVAILABLE => Fail::unavailable(cause),
                    _ => Fail::bug(cause),
                })
            }
            Kind::Problem(problem) => Verdict::Block(Block::of_problem(problem)),
        }
    }

    /// The refusal as problem details.
    #[cfg(feature = "validate")]
    pub(crate) fn into_problem(self) -> Problem {
        match self.0 {
            Kind::Block(block) => block.to_problem(),
            Kind::Fail(fail) => fail.to_problem(),
            Kind::Problem(problem) => problem,
        }
    }

    /// The response to the request with these parts.
    pub(crate) fn into_response(self, parts: &Parts) -> Response {
        match self.0 {
            Kind::Block(block) => block.into_response(parts),
            Kind::Fail(fail) => fail.to_problem().into_response(),
            Kind::Problem(problem) => problem.into_response(),
        }
    }
}

/// A cause that a problem goes on holding.
#[derive(Debug)]
struct Shared(Arc<dyn Error + Send + Sync>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Shared {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl From<Block> for Refusal {
    fn from(block: Block) -> Self {
        Self(Kind::Block(block))
    }
}

impl From<Fail> for Refusal {
    fn from(fail: Fail) -> Self {
        Self(Kind::Fail(fail))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Kind::Problem(problem))
    }
}

/// What a dependency may reject with: a [`Problem`], a [`Block`], or any error, which fails.
///
/// ```
/// use testudo_core::{Verdict, wiring::IntoRefusal};
///
/// let error = std::io::Error::other("the disk is gone");
/// assert!(matches!(error.into_refusal().into_verdict::<()>(), Verdict::Fail(_)));
/// ```
pub trait IntoRefusal {
    /// The refusal.
    fn into_refusal(self) -> Refusal;
}

impl IntoRefusal for Problem {
    fn into_refusal(self) -> Refusal {
        self.into()
    }
}

impl<E: Into<BoxError>> IntoRefusal for E {
    fn into_refusal(self) -> Refusal {
        match self.into().downcast::<Block>() {
            Ok(block) => (*block).into(),
            Err(error) => Fail::unavailable(error).into(),
        }
    }
}
