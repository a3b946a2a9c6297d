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
///
/// ```
/// use axum::http::Method;
/// use testudo_core::{Nothing, TypeInfo, wiring::{FoundBy, ViaParts}};
///
/// fn way<T: FoundBy<Nothing, (), M>, M: 'static>() -> TypeInfo {
///     TypeInfo::of::<M>()
/// }
/// assert_eq!(way::<Method, _>(), TypeInfo::of::<ViaParts>());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this shield or handler",
    label = "no shield passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "what a shield passed is taken as `Passed<T>`; configuration of a shield is marked `#[with]`",
    note = "an extractor that reads the body (`Json`, `Form`, `Bytes`, ..) has to be the last argument"
)]
pub trait FoundBy<L, S, M> {}

/// As [`FoundBy`], for the last argument.
///
/// ```
/// use testudo_core::{Nothing, TypeInfo, wiring::{LastFoundBy, ViaBody}};
///
/// fn way<T: LastFoundBy<Nothing, (), M>, M: 'static>() -> TypeInfo {
///     TypeInfo::of::<M>()
/// }
/// assert_eq!(way::<String, _>(), TypeInfo::of::<ViaBody>());
/// ```
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
///
/// A shield written by hand takes its arguments with it:
///
/// ```
/// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
/// use axum::http::Method;
/// use testudo_core::wiring::FromContext;
///
/// # struct Asked;
/// # impl Shield for Asked {
/// #     type Output = Passed<Method>;
/// #     type Access = Protects;
/// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Asked") }
/// # }
/// #
/// impl<L: Sync, S: Sync, M> Check<L, S, (M,)> for Asked
/// where
///     Method: FromContext<L, S, M>,
/// {
///     async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Method> {
///         match Method::from_context(request, passed, state).await {
///             Ok(method) => Verdict::Pass(method),
///             Err(refusal) => refusal.into_verdict(),
///         }
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let page = Stack::public("a page").shield(Asked).get(async |asked: Passed<Method>| asked.to_string());
/// let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
/// service.get("/").await.status(200).text("GET");
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this shield or handler",
    label = "no shield in front passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "a `Depends<T>` is available where its sources (`<T as Dependency>::From`) are",
    note = "configuration of a shield is marked `#[with]`, settings of it `#[section]`",
    note = "`State<T>` needs `T: axum::extract::FromRef<S>`, with `S` the state of the stack",
    note = "an extractor that reads the body (`Json`, `Form`, `Bytes`, ..) has to be the last argument"
)]
pub trait FromContext<L, S, M>: FoundBy<L, S, M> + Sized {
    /// Takes the argument from the request.
    ///
    /// # Errors
    /// If it cannot be had: the refusal that the request is answered with.
    fn from_context(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// What the access matrix says of it.
    fn describe(_: Seal) -> ArgumentInfo;
}

/// The last argument of a handler: as [`FromContext`], and also any of axum's `FromRequest` extractors.
///
/// ```
/// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
/// use testudo_core::wiring::FromContextLast;
///
/// # struct Taken;
/// # impl Shield for Taken {
/// #     type Output = Passed<String>;
/// #     type Access = Protects;
/// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Taken") }
/// # }
/// #
/// # impl<L: Sync, S: Sync, M> Check<L, S, (M,)> for Taken
/// # where
/// #     String: FromContextLast<L, S, M>,
/// # {
/// #     async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<String> {
/// // As a route does once all shields have passed; the content is gone afterwards.
/// let taken = String::from_context_last(request, passed, state).await;
/// assert!(request.body().await.is_ok_and(|left| left.is_empty()));
/// #         match taken {
/// #             Ok(content) => Verdict::Pass(content),
/// #             Err(refusal) => refusal.into_verdict(),
/// #         }
/// #     }
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let page = Stack::public("a page").shield(Taken).post(async |content: Passed<String>| content.0);
/// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
/// # service.post("/").body("abc").await.status(200).text("abc");
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this handler",
    label = "no shield in front passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "a `Depends<T>` is available where its sources (`<T as Dependency>::From`) are",
    note = "`Json<T>`, `Query<T>`, `Path<T>` and `Form<T>` need `T: serde::Deserialize`; around them `Valid<_>` needs `T: garde::Validate`"
)]
pub trait FromContextLast<L, S, M>: LastFoundBy<L, S, M> + Sized {
    /// Takes the argument, and with it the rest of the request.
    ///
    /// # Errors
    /// If it cannot be had: the refusal that the request is answered with.
    fn from_context_last(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// What the access matrix says of it.
    fn describe(_: Seal) -> ArgumentInfo;
}

/// The last argument of a shield: as [`FromContextLast`], but the content stays complete for everyone after.
///
/// ```
/// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
/// use testudo_core::wiring::FromContextShared;
///
/// # struct Read;
/// # impl Shield for Read {
/// #     type Output = ();
/// #     type Access = Protects;
/// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Read") }
/// # }
/// #
/// # impl<L: Sync, S: Sync, M> Check<L, S, (M,)> for Read
/// # where
/// #     String: FromContextShared<L, S, M>,
/// # {
/// #     async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<()> {
/// // Within the `check` of a shield written by hand:
/// let content = String::from_context_shared(request, passed, state).await;
/// assert!(content.is_ok_and(|content| content == "abc"));
/// assert_eq!(request.body().await.unwrap(), "abc"); // still whole
/// #         Verdict::Pass(())
/// #     }
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let page = Stack::public("a page").shield(Read).post(async |content: String| content);
/// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
/// # service.post("/").body("abc").await.status(200).text("abc");
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not available to this shield",
    label = "no shield in front passes it, and it is not an axum extractor",
    note = "the stack passes: `{L}`",
    note = "a `Depends<T>` is available where its sources (`<T as Dependency>::From`) are",
    note = "configuration of a shield is marked `#[with]`, settings of it `#[section]`",
    note = "`State<T>` needs `T: axum::extract::FromRef<S>`, with `S` the state of the stack"
)]
pub trait FromContextShared<L, S, M>: LastFoundBy<L, S, M> + Sized {
    /// Takes the argument from the request, or from a copy of it.
    ///
    /// # Errors
    /// If it cannot be had, or the content cannot be read: the refusal that the request is answered with.
    fn from_context_shared(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;
}

/// The way an argument is found, as far as proofs are concerned.
///
/// ```
/// use testudo_core::{Decides, TypeInfo, wiring::{Here, NoProof, Proof, Via, ViaBody, ViaPassed}};
///
/// fn proof<M: Via>() -> TypeInfo {
///     TypeInfo::of::<M::Proof>()
/// }
/// assert_eq!(proof::<ViaPassed<Here, Decides>>(), TypeInfo::of::<Proof>());
/// assert_eq!(proof::<ViaBody>(), TypeInfo::of::<NoProof>());
/// ```
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
