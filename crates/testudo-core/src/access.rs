//! What a shield and a stack say about access, as types: they decide at compile time and cost nothing later.

mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// The kind of a shield that authenticates or authorises.
///
/// ```
/// use testudo::prelude::*;
///
/// #[shield(decides)]
/// fn is_local(headers: &axum::http::HeaderMap) -> bool {
///     headers.get("host").is_some_and(|host| host == "localhost")
/// }
///
/// let stack = Stack::<()>::new().shield(is_local);
/// assert!(stack.shields()[0].decides());
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Decides {}

/// The kind of a shield that only limits or sanitises: it refuses requests, but admits nobody.
///
/// ```
/// use testudo::prelude::*;
///
/// #[shield(protects)]
/// fn within_limit() -> bool {
///     true
/// }
///
/// let stack = Stack::<()>::new().shield(within_limit);
/// assert!(!stack.shields()[0].decides());
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Protects {}

/// The kind of a shield: [`Decides`] or [`Protects`].
///
/// ```
/// use testudo_core::{Decides, Protects, wiring::Access};
///
/// assert!(Decides::DECIDES && !Protects::DECIDES);
/// ```
pub trait Access: Sealed + Send + Sync + 'static {
    /// Whether the shield decides about access.
    const DECIDES: bool;

    /// What becomes of a stack in state `D` below a shield of this kind.
    type Then<D>;

    /// The kind of `a.or(b)`: it decides only if both alternatives do.
    type And<B: Access>: Access;

    /// Whether a value passed by a shield of this kind proves anything.
    type Proof: Claim;
}

impl Sealed for Decides {}
impl Access for Decides {
    const DECIDES: bool = true;
    type Then<D> = Decided;
    type And<B: Access> = B;
    type Proof = Proof;
}

impl Sealed for Protects {}
impl Access for Protects {
    const DECIDES: bool = false;
    type Then<D> = D;
    type And<B: Access> = Protects;
    type Proof = NoProof;
}

/// State of a stack in which no shield has decided: it makes no routes.
///
/// ```
/// use testudo_core::{Nothing, Stack, wiring::Undecided};
///
/// let nobody_asked: Stack<(), Nothing, Undecided> = Stack::new();
/// assert!(nobody_asked.shields().is_empty());
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Undecided {}

/// State of a stack with at least one shield that decides.
///
/// ```
/// use testudo::{Passes, prelude::*, wiring::Decided};
///
/// #[shield(decides)]
/// fn api_token() -> Option<u32> {
///     Some(7)
/// }
///
/// // `Decided` is what a stack is written with when nothing is said.
/// let user: Stack<(), Passes![u32], Decided> = Stack::new().shield(api_token);
/// let same: Stack<(), Passes![u32]> = user;
/// assert_eq!(same.shields().len(), 1);
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Decided {}

/// State of a stack that was declared public, with a reason.
///
/// ```
/// use testudo_core::{Nothing, Stack, wiring::Public};
///
/// let open: Stack<(), Nothing, Public> = Stack::public("everybody may look");
/// assert!(open.shields().is_empty());
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Public {}

/// The stack has decided who may call its routes. `L` is only there to be named in the error.
///
/// ```
/// use testudo_core::{Nothing, Router, Stack, wiring::Decision};
///
/// /// Takes whatever stack has decided: shielded or public.
/// fn page<D: Decision<Nothing>>(stack: &Stack<(), Nothing, D>) -> Router {
///     Router::new().route("/", stack.get(async || "a page"))
/// }
/// assert!(page(&Stack::public("a page")).check().is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "nobody has decided who may call this route",
    label = "no shield in this stack decides about access",
    note = "the stack passes: `{L}`",
    note = "add a shield that authenticates or authorises (`#[shield(decides)]`), or start with `Stack::public(\"reason\")`",
    note = "`optional`, `when`, `observe`, and `or` with a side that only protects, do not decide"
)]
pub trait Decision<L>: 'static {}
impl<L> Decision<L> for Decided {}
impl<L> Decision<L> for Public {}

/// The handler relies on the value of a shield that decides.
///
/// ```
/// use testudo_core::{Decides, TypeInfo, wiring::{Access, Proof}};
///
/// assert_eq!(TypeInfo::of::<<Decides as Access>::Proof>(), TypeInfo::of::<Proof>());
/// ```
#[derive(Debug, Clone, Copy)]
pub enum Proof {}

/// The handler relies on nothing a shield decided.
///
/// ```
/// use testudo_core::{Protects, TypeInfo, wiring::{Access, NoProof}};
///
/// // The value of a shield that only protects proves nothing.
/// assert_eq!(TypeInfo::of::<<Protects as Access>::Proof>(), TypeInfo::of::<NoProof>());
/// ```
#[derive(Debug, Clone, Copy)]
pub enum NoProof {}

/// [`Proof`] or [`NoProof`].
///
/// ```
/// use testudo_core::{TypeInfo, wiring::{Claim, NoProof, Proof}};
///
/// assert_eq!(TypeInfo::of::<<NoProof as Claim>::Or<Proof>>(), TypeInfo::of::<Proof>());
/// ```
pub trait Claim: Sealed + 'static {
    /// One proof among several arguments is enough.
    type Or<B: Claim>: Claim;
}

impl Sealed for Proof {}
impl Claim for Proof {
    type Or<B: Claim> = Proof;
}

impl Sealed for NoProof {}
impl Claim for NoProof {
    type Or<B: Claim> = B;
}

/// Behind a stack in state `D`, a handler of an unsafe method with this claim may be mounted. `L` is only there to
/// be named in the error.
///
/// ```
/// use testudo_core::{Nothing, wiring::{Decided, NoProof, Proof, Proves, Public}};
///
/// fn may_change_something<C: Proves<D, Nothing>, D>() -> bool {
///     true
/// }
/// assert!(may_change_something::<Proof, Decided>());
/// assert!(may_change_something::<NoProof, Public>()); // a reason was given
/// ```
///
/// ```compile_fail
/// # use testudo_core::{Nothing, wiring::{Decided, NoProof, Proves}};
/// # fn may_change_something<C: Proves<D, Nothing>, D>() -> bool { true }
/// assert!(may_change_something::<NoProof, Decided>());
/// ```
#[diagnostic::on_unimplemented(
    message = "this handler changes something behind shields but names no proof",
    label = "takes nothing that a deciding shield passed: it would compile behind a weaker stack, too",
    note = "the stack passes: `{L}`",
    note = "add an argument such as `_: Passed<Admin>`, or register it with `unproven(\"reason\", handler)`",
    note = "a value of a shield that only protects, and a `Depends` on state alone, prove nothing"
)]
pub trait Proves<D, L> {}
impl<L> Proves<Public, L> for Proof {}
impl<L> Proves<Public, L> for NoProof {}
impl<L> Proves<Decided, L> for Proof {}
// An undecided stack has its own error; this one would only repeat it.
impl<L> Proves<Undecided, L> for Proof {}
impl<L> Proves<Undecided, L> for NoProof {}
