//! Why a request did not reach its handler.

use axum::{
    BoxError,
    response::{IntoResponse, Response},
};
use http::request::Parts;

use crate::{
    problem::Problem,
    shield::{Block, Fail, Verdict},
};

/// A request that goes no further: a shield blocked or failed, or an argument could not be had.
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
                Verdict::Fail(Fail::bug(problem.cause().map_or_else(
                    || "an argument of the shield could not be had".to_owned(),
                    ToString::to_string,
                )))
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
