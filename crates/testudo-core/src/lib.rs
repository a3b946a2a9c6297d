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
//! | What shields did | [`ShieldListener`], [`RequestInfo`] |

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
mod request;
mod requirement;
mod route;
mod router;
mod seal;
mod shield;
mod stack;
#[cfg(feature = "testing")]
pub mod testing;

pub use access::{Decides, Protects};
pub use after::ResponseHeaders;
pub use argument::{ArgumentInfo, ArgumentSource, Dependency, Depends, Passed};
pub use clock::Clock;
pub use context::ShieldContext;
pub use event::{ReportedShield, ShieldEvent, ShieldListener, ShieldOutcome};
pub use foreign::{ShieldLayer, Shielded};
pub use handler::unproven;
pub use list::{Has, Nothing, Pass};
#[cfg(feature = "validate")]
pub use problem::Valid;
pub use problem::{FieldError, PROBLEM_JSON, Place, Problem};
pub use request::{ClientIp, RequestId, RequestInfo};
pub use requirement::{EmptyRequirement, Requirement};
pub use route::{Fallback, Route};
pub use router::{AccessMatrix, RouteAccess, RouteError, RouteErrors, Router, Rule};
pub use shield::{
    Block, BlockReason, Check, Fail, FailKind, IntoShield, Observed, Shield, ShieldInfo, ShieldResult,
    TypeInfo, Value, Verdict,
};
pub use stack::Stack;

/// What the compiler finds by inference: the states of a stack, the ways an argument is found, the traits that tie
/// handlers, shields and routes together.
///
/// You read these names in the compiler's messages and hardly ever write them.
///
/// ```
/// use testudo_core::{Nothing, Stack, wiring::Undecided};
///
/// // The whole type of a stack that has decided nothing and passes nothing.
/// let stack: Stack<(), Nothing, Undecided> = Stack::new();
/// assert!(stack.shields().is_empty());
/// ```
pub mod wiring {
    pub use crate::{
        access::{Access, Claim, Decided, Decision, NoProof, Proof, Proves, Public, Undecided},
        argument::{
            BorrowedPart, FoundBy, FromContext, FromContextLast, FromContextShared, HandlerArguments,
            LastFoundBy, Proofs, ShieldArguments, SourceArguments, Via, ViaBody, ViaContext, ViaDepends,
            ViaParts, ViaPassed,
        },
        foreign::{ShieldService, ShieldTuple},
        handler::{HandlerFn, HandlerOutput, Unproven},
        list::{Below, Here, IntoExtensions},
        refusal::{IntoRefusal, Refusal},
        route::{IntoRoute, Made},
        shield::{Itself, MadeBy, Map, Observe, Optional, Or, Output, Timeout, When},
    };
}

/// What the code that `#[shield]` writes refers to. Not for anybody else.
#[doc(hidden)]
pub mod __private {
    pub use http::{HeaderName, HeaderValue};

    /// A status the macro has checked.
    pub fn status(code: u16) -> http::StatusCode {
        http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::FORBIDDEN)
    }
}
