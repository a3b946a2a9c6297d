//! What a shield may ask for besides values and extractors.

use super::{ArgumentInfo, FoundBy, FromContext, FromContextShared, LastFoundBy, Via};
use crate::{access::NoProof, after::ResponseHeaders, context::ShieldContext, refusal::Refusal, seal::Seal};

/// Found in the request's own context.
///
/// ```
/// use testudo_core::{Nothing, ResponseHeaders, TypeInfo, wiring::{FromContext, ViaContext}};
///
/// fn found<T: FromContext<Nothing, (), M>, M: 'static>() -> TypeInfo {
///     TypeInfo::of::<M>()
/// }
/// assert_eq!(found::<ResponseHeaders, _>(), TypeInfo::of::<ViaContext>());
/// ```
#[derive(Debug)]
pub enum ViaContext {}

impl Via for ViaContext {
    type Proof = NoProof;

    fn sealed(_: Seal) {}
}

impl<L, S> FoundBy<L, S, ViaContext> for ResponseHeaders {}

impl<L, S> LastFoundBy<L, S, ViaContext> for ResponseHeaders {}

impl<L: Sync, S: Sync> FromContext<L, S, ViaContext> for ResponseHeaders {
    async fn from_context(request: &mut ShieldContext, _: &L, _: &S) -> Result<Self, Refusal> {
        Ok(request.response_headers())
    }

    fn describe(_: Seal) -> ArgumentInfo {
        ArgumentInfo::extractor::<Self>()
    }
}

impl<L: Sync, S: Sync> FromContextShared<L, S, ViaContext> for ResponseHeaders {
    async fn from_context_shared(request: &mut ShieldContext, _: &L, _: &S) -> Result<Self, Refusal> {
        Ok(request.response_headers())
    }
}
