//! A value computed from others, lazily and once per request.

use std::{future::Future, marker::PhantomData, ops::Deref, sync::Arc};

use super::{
    ArgumentInfo, ArgumentSource, FoundBy, FromContext, FromContextLast, FromContextShared, LastFoundBy,
    SourceArguments, Via,
};
use crate::{
    argument::tuple::Proofs,
    context::ShieldContext,
    refusal::{IntoRefusal, Refusal},
    seal::{SEAL, Seal},
    shield::TypeInfo,
};

/// How a `T` is computed when a handler or shield asks for [`Depends<T>`](Depends).
///
/// ```
/// use testudo_core::{Dependency, Passed, Problem};
///
/// #[derive(Clone)]
/// struct Tenant(u32);
///
/// /// The invoices of the caller's tenant, and of nobody else.
/// struct Invoices {
///     tenant: u32,
/// }
///
/// impl Dependency for Invoices {
///     type From = (Passed<Tenant>,);
///     type Error = Problem;
///
///     async fn resolve((Passed(tenant),): Self::From) -> Result<Self, Problem> {
///         if tenant.0 == 0 {
///             return Err(Problem::bad_request("Inactive tenant"));
///         }
///         Ok(Self { tenant: tenant.0 })
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let invoices = Invoices::resolve((Passed(Tenant(7)),)).await.unwrap();
/// assert_eq!(invoices.tenant, 7);
/// # });
/// ```
pub trait Dependency: Sized + Send + Sync + 'static {
    /// The sources, as a tuple of arguments: `Passed<_>`, `Depends<_>`, axum's `FromRequestParts` extractors.
    /// A route that asks for the dependency demands what its sources demand.
    type From;

    /// What a request is rejected with: a [`Problem`](crate::Problem) or a [`Block`](crate::Block) answers as it
    /// says; any other error is a fail (`503`, its text only in the log).
    type Error: IntoRefusal;

    /// Whether [`clean_up`](Self::clean_up) has something to do. Defaults to `false`.
    const CLEANS_UP: bool = false;

    /// Computes the value. Called at most once per request, and only once all shields above have passed.
    ///
    /// # Errors
    /// When there is no value for this request.
    fn resolve(from: Self::From) -> impl Future<Output = Result<Self, Self::Error>> + Send;

    /// Runs after the response is gone, or given up, if [`CLEANS_UP`](Self::CLEANS_UP) says so. Dependencies are
    /// cleaned up in the reverse of the order in which they were resolved.
    ///
    /// ```
    /// use std::sync::{Arc, atomic::{AtomicBool, Ordering}};
    /// use testudo_core::{Dependency, Problem};
    ///
    /// /// A file that is gone with the request.
    /// struct Upload(AtomicBool);
    ///
    /// impl Dependency for Upload {
    ///     type From = ();
    ///     type Error = Problem;
    ///     const CLEANS_UP: bool = true;
    ///
    ///     async fn resolve((): ()) -> Result<Self, Problem> {
    ///         Ok(Self(AtomicBool::new(true)))
    ///     }
    ///
    ///     async fn clean_up(upload: Arc<Self>) {
    ///         upload.0.store(false, Ordering::Relaxed);
    ///     }
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let upload = Arc::new(Upload::resolve(()).await.unwrap());
    /// Upload::clean_up(upload.clone()).await;
    /// assert!(!upload.0.load(Ordering::Relaxed));
    /// # });
    /// ```
    fn clean_up(value: Arc<Self>) -> impl Future<Output = ()> + Send {
        async move { drop(value) }
    }
}

/// The value of a [`Dependency`], shared by everyone who asks for it in one request.
///
/// ```
/// use testudo_core::Depends;
///
/// struct Greeting(&'static str);
///
/// async fn greet(greeting: Depends<Greeting>) -> &'static str {
///     greeting.0
/// }
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// assert_eq!(greet(Depends::new(Greeting("hello"))).await, "hello");
/// # });
/// ```
#[derive(Debug)]
pub struct Depends<T>(Arc<T>);

impl<T> Depends<T> {
    /// Wraps a value, for calling a handler directly.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }

    /// The shared value.
    ///
    /// ```
    /// # use testudo_core::Depends;
    /// assert_eq!(*Depends::new(7).into_inner(), 7);
    /// ```
    pub fn into_inner(self) -> Arc<T> {
        self.0
    }
}

impl<T> Clone for Depends<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Deref for Depends<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Computed from sources that are found via `M`.
///
/// What is computed proves what its sources prove:
///
/// ```
/// use testudo_core::{TypeInfo, wiring::{NoProof, Via, ViaDepends, ViaParts}};
///
/// type FromTheUri = ViaDepends<(ViaParts,)>;
/// assert_eq!(TypeInfo::of::<<FromTheUri as Via>::Proof>(), TypeInfo::of::<NoProof>());
/// ```
#[derive(Debug)]
pub struct ViaDepends<M>(PhantomData<fn() -> M>);

impl<M: Proofs> Via for ViaDepends<M> {
    // What is computed from a proof is one; what is computed from state alone is none.
    type Proof = M::Proof;

    fn sealed(_: Seal) {}
}

impl<L, S, T, M> FoundBy<L, S, ViaDepends<M>> for Depends<T> {}

impl<L, S, T, M> LastFoundBy<L, S, ViaDepends<M>> for Depends<T> {}

impl<L, S, T, M> FromContext<L, S, ViaDepends<M>> for Depends<T>
where
    L: Sync,
    S: Sync,
    T: Dependency,
    T::From: SourceArguments<L, S, M>,
{
    async fn from_context(request: &mut ShieldContext, passed: &L, state: &S) -> Result<Self, Refusal> {
        if let Some(value) = request.memoized::<T>() {
            return Ok(Self(value));
        }
        #[cfg(feature = "testing")]
        if let Some(value) = request.hooks.as_ref().and_then(|hooks| hooks.replacements.of_dependency::<T>())
        {
            return Ok(Self(value));
        }
        let from = T::From::from_parts(request, passed, state).await?;
        let value = Arc::new(T::resolve(from).await.map_err(IntoRefusal::into_refusal)?);
        if T::CLEANS_UP {
            request.after.clean_ups.push(T::clean_up(value.clone()));
        }
        request.memoize(value.clone());
        Ok(Self(value))
    }

    fn describe(_: Seal) -> ArgumentInfo {
        ArgumentInfo { ty: TypeInfo::of::<T>(), source: ArgumentSource::Depends(T::From::describe(SEAL)) }
    }
}

impl<L, S, T, M> FromContextLast<L, S, ViaDepends<M>> for Depends<T>
where
    L: Sync,
    S: Sync,
    T: Dependency,
    T::From: SourceArguments<L, S, M>,
{
    async fn from_context_last(request: &mut ShieldContext, passed: &L, state: &S) -> Result<Self, Refusal> {
        <Self as FromContext<L, S, ViaDepends<M>>>::from_context(request, passed, state).await
    }

    fn describe(_: Seal) -> ArgumentInfo {
        <Self as FromContext<L, S, ViaDepends<M>>>::describe(SEAL)
    }
}

impl<L, S, T, M> FromContextShared<L, S, ViaDepends<M>> for Depends<T>
where
    L: Sync,
    S: Sync,
    T: Dependency,
    T::From: SourceArguments<L, S, M>,
{
    async fn from_context_shared(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> Result<Self, Refusal> {
        <Self as FromContext<L, S, ViaDepends<M>>>::from_context(request, passed, state).await
    }
}
