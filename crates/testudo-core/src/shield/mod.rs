//! What a shield is, and how several become one.

pub(crate) mod block;
mod combine;
mod fail;
mod info;
mod into;
pub(crate) mod leaf;
mod output;
mod panicked;
mod verdict;

use std::future::Future;

pub use block::{Block, BlockReason};
pub use combine::{Map, Observe, Observed, Optional, Or, Timeout, When};
pub use fail::{Fail, FailKind};
pub use info::{ShieldInfo, TypeInfo};
pub use into::{IntoShield, Itself, MadeBy};
pub use output::{Output, Value};
pub(crate) use panicked::Panicked;
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
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # use testudo_core::{Router, Stack};
/// let router = Router::new().route("/", Stack::new().shield(Vouched).get(async |from: Passed<Address>| from.0.0));
/// let service = testudo_testkit::TestService::start(router, ()).await;
/// service.get("/").await.status(401).problem().shield("Vouched");
/// service.get("/").header("x-vouched-for", "192.0.2.7").await.status(200).text("192.0.2.7");
/// # });
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
/// bounds such as `L: Has<User, I>`. See [`Shield`] for an example, and [`Has`](crate::Has) for one that asks for a
/// value. A shield round another one passes its `M` on:
///
/// ```
/// use testudo_core::{Check, Shield, ShieldContext, ShieldInfo, Value, Verdict};
///
/// /// Tells nobody why it blocks.
/// struct Silent<Sh>(Sh);
///
/// impl<Sh: Shield> Shield for Silent<Sh> {
///     type Output = Sh::Output;
///     type Access = Sh::Access;
///
///     fn info(&self) -> ShieldInfo {
///         self.0.info()
///     }
/// }
///
/// impl<L: Sync, S: Sync, M, Sh: Check<L, S, M>> Check<L, S, (M,)> for Silent<Sh> {
///     async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Value<Self>> {
///         self.0.check(request, passed, state).await.map_block(|block| block.detail("No"))
///     }
/// }
/// # use testudo::prelude::*;
/// # #[shield(decides, detail = "a secret")]
/// # fn door() -> bool { false }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = Router::new().route("/", Stack::new().shield(Silent(door())).get(async || "inside"));
/// testudo_testkit::TestService::start(router, ()).await.get("/").await.status(403).problem().detail("No");
/// # });
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
