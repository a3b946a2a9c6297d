//! The value of a shield above.

use std::{future::Future, marker::PhantomData, ops::Deref};

use super::{
    ArgumentInfo, ArgumentSource, FoundBy, FromContext, FromContextLast, FromContextShared, LastFoundBy, Via,
};
use crate::{
    access::Access,
    context::ShieldContext,
    list::Has,
    refusal::Refusal,
    seal::{SEAL, Seal},
    shield::TypeInfo,
};

/// The value of type `T` that a shield above passed.
///
/// 1. A handler or shield that asks for it compiles only below a shield that passes a `T`.
/// 2. Every argument gets a clone of its own; a value that is expensive to clone is passed inside an `Arc`.
/// 3. It is not an axum extractor, so a handler that asks for it cannot be mounted elsewhere.
///
/// ```
/// use testudo_core::Passed;
///
/// #[derive(Clone)]
/// struct User {
///     name: String,
/// }
///
/// async fn me(Passed(user): Passed<User>) -> String {
///     user.name
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// // Tests call the handler as it is.
/// assert_eq!(me(Passed(User { name: "ann".into() })).await, "ann");
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Passed<T>(pub T);

impl<T> Deref for Passed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Found in the stack's list at `I`, passed by a shield of kind `A`.
///
/// ```
/// use testudo_core::{Decides, Passed, Passes, TypeInfo, wiring::{FromContext, Here, ViaPassed}};
///
/// fn found<T: FromContext<Passes![u32], (), M>, M: 'static>() -> TypeInfo {
///     TypeInfo::of::<M>()
/// }
/// assert_eq!(found::<Passed<u32>, _>(), TypeInfo::of::<ViaPassed<Here, Decides>>());
/// ```
#[derive(Debug)]
pub struct ViaPassed<I, A>(PhantomData<fn() -> (I, A)>);

impl<I: 'static, A: Access> Via for ViaPassed<I, A> {
    type Proof = A::Proof;

    fn sealed(_: Seal) {}
}

/// A second way that leads nowhere. It leaves the way open until the stack is looked into, so that a missing value is
/// reported of the `Passed<T>` itself, at the handler that asks for it.
pub(super) enum Undetermined {}

impl<L, S, T> FoundBy<L, S, Undetermined> for Passed<T> {}

impl<L, S, T> LastFoundBy<L, S, Undetermined> for Passed<T> {}

impl<L, S, T, I, A> FoundBy<L, S, ViaPassed<I, A>> for Passed<T> {}

impl<L, S, T, I, A> LastFoundBy<L, S, ViaPassed<I, A>> for Passed<T> {}

impl<L, S, T, I, A> FromContext<L, S, ViaPassed<I, A>> for Passed<T>
where
    L: Has<T, I, Access = A> + Sync,
    S: Sync,
    T: Clone + Send + Sync + 'static,
    A: Access,
{
    fn from_context(
        _: &mut ShieldContext,
        passed: &L,
        _: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send {
        std::future::ready(Ok(Self(passed.value().clone())))
    }

    fn describe(_: Seal) -> ArgumentInfo {
        ArgumentInfo { ty: TypeInfo::of::<T>(), source: ArgumentSource::Passed { decides: A::DECIDES } }
    }
}

impl<L, S, T, I, A> FromContextLast<L, S, ViaPassed<I, A>> for Passed<T>
where
    L: Has<T, I, Access = A> + Sync,
    S: Sync,
    T: Clone + Send + Sync + 'static,
    A: Access,
{
    fn from_context_last(
        _: &mut ShieldContext,
        passed: &L,
        _: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send {
        std::future::ready(Ok(Self(passed.value().clone())))
    }

    fn describe(_: Seal) -> ArgumentInfo {
        <Self as FromContext<L, S, ViaPassed<I, A>>>::describe(SEAL)
    }
}

impl<L, S, T, I, A> FromContextShared<L, S, ViaPassed<I, A>> for Passed<T>
where
    L: Has<T, I, Access = A> + Sync,
    S: Sync,
    T: Clone + Send + Sync + 'static,
    A: Access,
{
    fn from_context_shared(
        _: &mut ShieldContext,
        passed: &L,
        _: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send {
        std::future::ready(Ok(Self(passed.value().clone())))
    }
}
