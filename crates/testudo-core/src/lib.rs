//! Shields, stacks and routers: the typed core of Testudo.
//!
//! Depend on the `testudo` crate, which re-exports all of this together with `#[shield]`. This crate does no I/O
//! and has no clock of its own.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | What a shield is, and its answer | [`Shield`], [`Check`], [`Verdict`], [`Block`], [`Fail`] |
//! | Shields in order, and the routes they make | [`Stack`], [`Router`] |
//! | What handlers and shields ask for | [`Passed`], [`Depends`] |
//! | Who may call what | [`AccessMatrix`] |
//! | The one form of every refusal | [`Problem`] |
//! | What shields did | [`ShieldListener`], [`ShieldReport`] |

mod access;
mod after;
mod argument;
mod clock;
mod context;
mod endpoint;
mod event;
mod foreign;
mod handler;
mod hooks;
mod list;
mod problem;
mod refusal;
mod requirement;
mod route;
mod router;
mod shield;
mod stack;
#[cfg(feature = "testing")]
pub mod testing;

pub use access::{
    Access, Claim, Decided, Decides, Decision, NoProof, Proof, Protects, Proves, Public, Undecided,
};
pub use after::ResponseHeaders;
pub use argument::{
    ArgumentInfo, ArgumentSource, BorrowedPart, Dependency, Depends, FromContext, FromContextLast,
    FromContextShared, HandlerArguments, Passed, Proofs, ShieldArguments, SourceArguments, Via, ViaBody,
    ViaContext, ViaDepends, ViaParts, ViaPassed,
};
pub use clock::Clock;
pub use context::ShieldContext;
pub use event::{ReportedShield, ShieldEvent, ShieldListener, ShieldOutcome, ShieldReport};
pub use foreign::{ShieldLayer, ShieldService, ShieldTuple, Shielded};
pub use handler::{HandlerFn, HandlerOutput, Unproven, unproven};
pub use list::{Below, Has, Here, IntoExtensions, Nothing, Pass};
#[cfg(feature = "validate")]
pub use problem::Valid;
pub use problem::{FieldError, PROBLEM_JSON, Place, Problem};
pub use refusal::{IntoRefusal, Refusal};
pub use requirement::{EmptyRequirement, Requirement};
pub use route::{Fallback, IntoRoute, Made, Route};
pub use router::{AccessMatrix, RouteAccess, RouteError, RouteErrors, Router, Rule};
pub use shield::{
    Block, BlockReason, Check, Fail, FailKind, IntoShield, Itself, Made as MadeShield, Map, Optional, Or,
    Output, Shield, ShieldInfo, ShieldResult, Timeout, TypeInfo, Value, Verdict, When,
};
pub use stack::Stack;

/// What the code that `#[shield]` writes refers to. Not for anybody else.
#[doc(hidden)]
pub mod __private {
    pub use http::{HeaderName, HeaderValue};

    /// A status the macro has checked.
    pub fn status(code: u16) -> http::StatusCode {
        http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::FORBIDDEN)
    }
}
