//! What a shield is, and how several become one.

pub(crate) mod block;
mod combine;
mod fail;
mod info;
pub(crate) mod leaf;
mod output;
mod verdict;

use std::{future::Future, time::Duration};

pub use block::{Block, BlockReason};
pub use combine::{Map, Optional, Or, Timeout, When};
pub use fail::{Fail, FailKind};
pub use info::{ShieldInfo, TypeInfo};
pub(crate) use leaf::panic_message;
pub use output::{Output, Value};
pub use verdict::{ShieldResult, Verdict};

use crate::{access::Access, context::ShieldContext};

/// A guard: it looks at a request and passes, blocks or fails.
///
/// This trait says what a shield is; [`Check`] is how it decides. Both are written by
/// `#[shield]` for a function; a shield with needs of its own implements them by hand:
///
/// ```
/// use testudo_core::{Block, Check, Decides, Passed, Shield, ShieldContext, ShieldInfo, Verdict};
///
/// /// Passes the address that a trusted proxy vouched for.
/// struct Vouched;
///
/// #[derive(Clone)]
/// struct Address(String);
///
/// impl Shield for Vouched {
///     type Output = Passed<Address>;
///     type Access = Decides;
///
///     fn info(&self) -> ShieldInfo {
///         ShieldInfo::of::<Self>("Vouched")
///     }
/// }
///
/// impl<L: Sync, S: Sync> Check<L, S> for Vouched {
///     async fn check(&self, request: &mut ShieldContext, _passed: &L, _state: &S) -> Verdict<Address> {
///         match request.headers().get("x-vouched-for").and_then(|value| value.to_str().ok()) {
///             Some(address) => Verdict::Pass(Address(address.to_owned())),
///             None => Verdict::Block(Block::unauthorized("nobody vouches for this request")),
///         }
///     }
/// }
/// ```
pub trait Shield: Send + Sync + 'static {
    /// What a pass hands down: [`Passed<T>`](crate::Passed), or `()` for a pure check, which adds nothing to
    /// what the stack passes. It must not depend on the stack or the state.
    type Output: Output;

    /// [`Decides`](crate::Decides) for a shield that authenticates or authorises,
    /// [`Protects`](crate::Protects) for one that only limits or sanitises.
    type Access: Access;

    /// The shield as the access matrix and its events show it.
    fn info(&self) -> ShieldInfo;

    /// This shield, or else `other`: the first pass wins, also after a fail (which is recorded).
    ///
    /// 1. Both block: the first's rejection, with the challenges of both.
    /// 2. One blocks and one fails: a fail, because the one that could not decide might have passed.
    /// 3. It decides only if both do.
    fn or<B>(self, other: B) -> Or<Self, B>
    where
        Self: Sized,
        B: Shield<Output = Self::Output>,
    {
        Or::new(self, other)
    }

    /// Passes `Option<T>`: `None` when the credential is *missing* ([`Block::missing`]). An invalid one still
    /// blocks, and a fail stays a fail. The result does not decide.
    fn optional(self) -> Optional<Self>
    where
        Self: Sized,
    {
        Optional::new(self)
    }

    /// Runs only for requests that satisfy `condition`, and passes `Option<T>`. The result does not decide.
    fn when<F>(self, condition: F) -> When<Self, F>
    where
        Self: Sized,
        F: Fn(&http::request::Parts) -> bool + Send + Sync + 'static,
    {
        When::new(self, condition)
    }

    /// Turns the passed value into another. A block or a fail is left alone, and it decides if this shield does.
    fn map<U, F>(self, map: F) -> Map<Self, F, U>
    where
        Self: Sized,
        F: Fn(Value<Self>) -> U + Send + Sync + 'static,
    {
        Map::new(self, map)
    }

    /// Fails when no verdict is there after `limit`. It decides if this shield does.
    fn timeout(self, limit: Duration) -> Timeout<Self>
    where
        Self: Sized,
    {
        Timeout::new(self, limit)
    }
}

/// How a shield decides, in a stack that passes `L`, with state `S`.
///
/// `M` is inferred; a shield written by hand usually leaves it at its default and asks for what it needs with
/// bounds such as `L: Has<User, I>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stacked here",
    label = "not a shield, or one that needs what the stack does not pass",
    note = "the stack passes: `{L}`"
)]
pub trait Check<L, S, M = ()>: Shield {
    /// Decides about one request.
    fn check(
        &self,
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Verdict<Value<Self>>> + Send;
}
