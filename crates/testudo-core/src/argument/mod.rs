//! What handlers and shields may ask for, and where it comes from.

mod borrowed;
mod depends;
mod extractor;
mod passed;
mod special;
mod tuple;

use std::{fmt, future::Future};

pub use borrowed::BorrowedPart;
pub use depends::{Dependency, Depends, ViaDepends};
pub use extractor::{ViaBody, ViaParts};
pub use passed::{Passed, ViaPassed};
use serde::Serialize;
pub use special::ViaContext;
pub use tuple::{HandlerArguments, Proofs, ShieldArguments, SourceArguments};

use crate::{context::ShieldContext, refusal::Refusal, seal::Seal, shield::TypeInfo};

/// The way an argument is found, told from its type alone.
///
/// With it the compiler knows the way before it looks into the stack, and so can say what is missing on it: the value
/// that a source of a `Depends<T>` demands, rather than the `Depends<T>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this shield or handler",
    label = "no shield passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "what a shield passed is taken as `Passed<T>`; configuration of a shield is marked `#[with]`",
    note = "an extractor that reads the body (`Json`, `Form`, `Bytes`, ..) has to be the last argument"
)]
pub trait FoundBy<L, S, M> {}

/// As [`FoundBy`], for the last argument.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this shield or handler",
    label = "no shield passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "what a shield passed is taken as `Passed<T>`; configuration of a shield is marked `#[with]`",
    note = "`Json<T>`, `Query<T>`, `Path<T>` and `Form<T>` need `T: serde::Deserialize`; around them `Valid<_>` needs `T: garde::Validate`"
)]
pub trait LastFoundBy<L, S, M> {}

/// An argument of a shield, or of a handler anywhere but in last place: [`Passed<T>`], [`Depends<T>`] or any of
/// axum's `FromRequestParts` extractors.
///
/// `M` says which of these it is, and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this shield or handler",
    label = "no shield in front passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "a `Depends<T>` is available where its sources (`<T as Dependency>::From`) are",
    note = "configuration of a shield is marked `#[with]`",
    note = "an extractor that reads the body (`Json`, `Form`, `Bytes`, ..) has to be the last argument"
)]
pub trait FromContext<L, S, M>: FoundBy<L, S, M> + Sized {
    /// Takes the argument from the request.
    fn from_context(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// What the access matrix says of it.
    fn describe(_: Seal) -> ArgumentInfo;
}

/// The last argument of a handler: as [`FromContext`], and also any of axum's `FromRequest` extractors.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this handler",
    label = "no shield in front passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "a `Depends<T>` is available where its sources (`<T as Dependency>::From`) are",
    note = "`Json<T>`, `Query<T>`, `Path<T>` and `Form<T>` need `T: serde::Deserialize`; around them `Valid<_>` needs `T: garde::Validate`"
)]
pub trait FromContextLast<L, S, M>: LastFoundBy<L, S, M> + Sized {
    /// Takes the argument, and with it the rest of the request.
    fn from_context_last(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// What the access matrix says of it.
    fn describe(_: Seal) -> ArgumentInfo;
}

/// The last argument of a shield: as [`FromContextLast`], but the content stays complete for everyone after.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this shield",
    label = "no shield in front passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "a `Depends<T>` is available where its sources (`<T as Dependency>::From`) are",
    note = "configuration of a shield is marked `#[with]`"
)]
pub trait FromContextShared<L, S, M>: LastFoundBy<L, S, M> + Sized {
    /// Takes the argument from the request, or from a copy of it.
    fn from_context_shared(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;
}

/// The way an argument is found, as far as proofs are concerned.
pub trait Via: 'static {
    /// Whether the argument proves that a shield decided.
    type Proof: crate::access::Claim;

    #[doc(hidden)]
    fn sealed(_: Seal);
}

/// An argument of a handler, for the access matrix and for documentation.
///
/// ```
/// use axum::extract::Path;
/// use testudo_core::{Router, Stack};
///
/// async fn one(_: Path<u32>) {}
///
/// let open = Stack::public("everybody may look");
/// let router: Router = Router::new().route("/{id}", open.get(one));
/// let argument = &router.access_matrix().routes()[0].arguments()[0];
/// assert_eq!(argument.to_string(), "Path<u32>");
/// assert!(argument.demands().is_empty());
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct ArgumentInfo {
    /// Its type. For `Passed<T>` and `Depends<T>` this is `T`.
    #[serde(rename = "type")]
    pub ty: TypeInfo,
    /// Where it comes from.
    pub source: ArgumentSource,
}

/// Where an argument comes from.
///
/// ```
/// use testudo_core::{ArgumentSource, Router, Stack};
///
/// let open = Stack::public("everybody may look");
/// let router: Router = Router::new().route("/", open.get(async |_: String| ()));
/// let argument = &router.access_matrix().routes()[0].arguments()[0];
/// assert!(matches!(argument.source, ArgumentSource::Extractor));
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ArgumentSource {
    /// One of axum's extractors.
    Extractor,
    /// A shield passed it.
    Passed {
        /// Whether that shield decides.
        decides: bool,
    },
    /// It is computed from these.
    Depends(Vec<ArgumentInfo>),
}

impl ArgumentInfo {
    pub(crate) fn extractor<T: 'static>() -> Self {
        Self { ty: TypeInfo::of::<T>(), source: ArgumentSource::Extractor }
    }

    /// The types of passed values that this argument demands, directly or through its sources.
    pub fn demands(&self) -> Vec<TypeInfo> {
        match &self.source {
            ArgumentSource::Extractor => Vec::new(),
            ArgumentSource::Passed { .. } => vec![self.ty],
            ArgumentSource::Depends(sources) => sources.iter().flat_map(Self::demands).collect(),
        }
    }
}

impl fmt::Display for ArgumentInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.source {
            ArgumentSource::Extractor => f.write_str(&self.ty.short_name()),
            ArgumentSource::Passed { .. } => write!(f, "Passed<{}>", self.ty.short_name()),
            ArgumentSource::Depends(_) => write!(f, "Depends<{}>", self.ty.short_name()),
        }
    }
}
