//! axum's own extractors.

use axum::extract::{FromRequest, FromRequestParts};

use super::{ArgumentInfo, FoundBy, FromContext, FromContextLast, FromContextShared, LastFoundBy, Via};
use crate::{
    access::NoProof, context::ShieldContext, problem::refusal_of_rejection, refusal::Refusal, seal::Seal,
};

/// Found in the request without its content.
///
/// ```
/// use axum::http::Method;
/// use testudo_core::{Nothing, TypeInfo, wiring::{FromContext, ViaParts}};
///
/// fn found<T: FromContext<Nothing, (), M>, M: 'static>() -> TypeInfo {
///     TypeInfo::of::<M>()
/// }
/// assert_eq!(found::<Method, _>(), TypeInfo::of::<ViaParts>());
/// ```
#[derive(Debug)]
pub enum ViaParts {}

/// Found in the content.
///
/// ```
/// use axum::Json;
/// use testudo_core::{Nothing, TypeInfo, wiring::{FromContextLast, ViaBody}};
///
/// fn found_last<T: FromContextLast<Nothing, (), M>, M: 'static>() -> TypeInfo {
///     TypeInfo::of::<M>()
/// }
/// assert_eq!(found_last::<Json<u32>, _>(), TypeInfo::of::<ViaBody>());
/// ```
#[derive(Debug)]
pub enum ViaBody {}

impl Via for ViaParts {
    type Proof = NoProof;

    fn sealed(_: Seal) {}
}

impl Via for ViaBody {
    type Proof = NoProof;

    fn sealed(_: Seal) {}
}

#[diagnostic::do_not_recommend]
impl<L, S, T: FromRequestParts<S>> FoundBy<L, S, ViaParts> for T {}

#[diagnostic::do_not_recommend]
impl<L, S, T: FromRequestParts<S>> LastFoundBy<L, S, ViaParts> for T {}

#[diagnostic::do_not_recommend]
impl<L, S, T: FromRequest<S>> LastFoundBy<L, S, ViaBody> for T {}

#[diagnostic::do_not_recommend]
impl<L, S, T> FromContext<L, S, ViaParts> for T
where
    L: Sync,
    S: Send + Sync,
    T: FromRequestParts<S> + 'static,
    T::Rejection: Send + 'static,
{
    async fn from_context(request: &mut ShieldContext, _: &L, state: &S) -> Result<Self, Refusal> {
        let rejection = match T::from_request_parts(request.parts_mut(), state).await {
            Ok(value) => return Ok(value),
            Err(rejection) => rejection,
        };
        Err(refusal_of_rejection(rejection, request.parts_mut()).await)
    }

    fn describe(_: Seal) -> ArgumentInfo {
        ArgumentInfo::extractor::<T>()
    }
}

#[diagnostic::do_not_recommend]
impl<L, S, T> FromContextLast<L, S, ViaParts> for T
where
    L: Sync,
    S: Send + Sync,
    T: FromRequestParts<S> + 'static,
    T::Rejection: Send + 'static,
{
    async fn from_context_last(request: &mut ShieldContext, passed: &L, state: &S) -> Result<Self, Refusal> {
        <T as FromContext<L, S, ViaParts>>::from_context(request, passed, state).await
    }

    fn describe(_: Seal) -> ArgumentInfo {
        ArgumentInfo::extractor::<T>()
    }
}

#[diagnostic::do_not_recommend]
impl<L, S, T> FromContextLast<L, S, ViaBody> for T
where
    L: Sync,
    S: Send + Sync,
    T: FromRequest<S> + 'static,
    T::Rejection: Send + 'static,
{
    async fn from_context_last(request: &mut ShieldContext, _: &L, state: &S) -> Result<Self, Refusal> {
        let rejection = match T::from_request(request.take_request(), state).await {
            Ok(value) => return Ok(value),
            Err(rejection) => rejection,
        };
        Err(refusal_of_rejection(rejection, request.parts_mut()).await)
    }

    fn describe(_: Seal) -> ArgumentInfo {
        ArgumentInfo::extractor::<T>()
    }
}

#[diagnostic::do_not_recommend]
impl<L, S, T> FromContextShared<L, S, ViaParts> for T
where
    L: Sync,
    S: Send + Sync,
    T: FromRequestParts<S> + 'static,
    T::Rejection: Send + 'static,
{
    async fn from_context_shared(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> Result<Self, Refusal> {
        <T as FromContext<L, S, ViaParts>>::from_context(request, passed, state).await
    }
}

#[diagnostic::do_not_recommend]
impl<L, S, T> FromContextShared<L, S, ViaBody> for T
where
    L: Sync,
    S: Send + Sync,
    T: FromRequest<S> + 'static,
    T::Rejection: Send + 'static,
{
    async fn from_context_shared(request: &mut ShieldContext, _: &L, state: &S) -> Result<Self, Refusal> {
        let copy = request.buffered_request().await?;
        let rejection = match T::from_request(copy, state).await {
            Ok(value) => return Ok(value),
            Err(rejection) => rejection,
        };
        Err(refusal_of_rejection(rejection, request.parts_mut()).await)
    }
}
