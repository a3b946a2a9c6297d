//! What a shield is, and how several become one.

pub(crate) mod block;
mod combine;
mod fail;
mod info;
mod into;
pub(crate) mod leaf;
mod output;
mod verdict;

use std::future::Future;

pub use block::{Block, BlockReason};
pub use combine::{Map, Optional, Or, Timeout, When};
pub use fail::{Fail, FailKind};
pub use info::{ShieldInfo, TypeInfo};
pub use into::{IntoShield, Itself, MadeBy};
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
}

/// How a shield decides, in a stack that passes `L`, with state `S`.
///
/// `M` is inferred; a shield written by hand usually leaves it at its default and asks for what it needs with
/// bounds such as `L: Has<User, I>`.
///
///
/// See [`Shield`] for an example, and [`Has`](crate::Has) for one that asks for a value.
///
/// ```
/// use testudo_core::{Check, Shield};
///
/// /// Anything that can be stacked where nothing has been passed.
/// fn first_in_line<Sh: Check<testudo_core::Nothing, (), M>, M>(shield: &Sh) -> String {
///     shield.info().name().to_owned()
/// }
/// # let _ = first_in_line::<testudo_core::wiring::Optional<Never>, ((),)>;
/// # struct Never;
/// # impl Shield for Never {
/// #     type Output = (); type Access = testudo_core::Decides;
/// #     fn info(&self) -> testudo_core::ShieldInfo { testudo_core::ShieldInfo::of::<Self>("Never") }
/// # }
/// # impl<L: Sync, S: Sync> Check<L, S> for Never {
/// #     async fn check(&self, _: &mut testudo_core::ShieldContext, _: &L, _: &S) -> testudo_core::Verdict<()> { testudo_core::Verdict::Pass(()) }
/// # }
/// ```
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
