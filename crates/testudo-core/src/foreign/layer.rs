//! A stack as a layer.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{extract::Request, response::Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::{
    context::ShieldContext,
    endpoint::{Asked, refuse},
    event::ShieldListener,
    hooks::Hooks,
    list::IntoExtensions,
    stack::{self, Run, Stack},
};

impl<S, L, D> Stack<S, L, D> {
    /// This stack as a layer, for routes of an existing axum application. What its shields pass is found among the
    /// request's extensions: `Extension(user): Extension<User>`.
    ///
    /// Nothing is proved this way; it is the first step of a move to [`Router`](crate::Router).
    ///
    /// ```
    /// use axum::{Extension, http::HeaderMap, routing::get};
    /// use testudo::{Stack, shield};
    ///
    /// #[derive(Clone)]
    /// struct User;
    ///
    /// #[shield(decides, status = 401)]
    /// fn api_token(headers: HeaderMap) -> Option<User> {
    ///     (headers.get("x-api-token")? == "secret").then_some(User)
    /// }
    ///
    /// async fn me(Extension(_user): Extension<User>) -> &'static str {
    ///     "me"
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let user = Stack::new().shield(api_token).into_layer(());
    /// let service = testudo_testkit::TestService::serve(axum::Router::new().route("/me", get(me).layer(user))).await;
    /// service.get("/me").await.status(401);
    /// service.get("/me").header("x-api-token", "secret").await.status(200).text("me");
    /// # });
    /// ```
    ///
    /// What its shields need before the first request (see [`ShieldInfo::needs`]) is met by whoever starts the service,
    /// if the router knows of it: [`Router::needing`](crate::Router::needing).
    ///
    /// [`ShieldInfo::needs`]: crate::ShieldInfo::needs
    pub fn into_layer(self, state: S) -> ShieldLayer<S, L> {
        ShieldLayer { run: self.run, state, hooks: None }
    }
}

/// A stack as a layer. See [`Stack::into_layer`].
///
/// ```
/// use testudo_core::Stack;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let layer = Stack::<()>::public("nobody is asked").into_layer(());
/// let router = axum::Router::new().route("/", axum::routing::get(async || "hello")).layer(layer);
/// testudo_testkit::TestService::serve(router).await.get("/").await.status(200).text("hello");
/// # });
/// ```
#[must_use = "a layer guards nothing until it wraps a service"]
pub struct ShieldLayer<S, L> {
    run: Arc<dyn Run<S, L>>,
    state: S,
    hooks: Option<Arc<Hooks>>,
}

impl<S, L> ShieldLayer<S, L> {
    /// Lets `listener` hear of every shield run of this layer.
    ///
    /// ```
    /// use testudo::prelude::*;
    /// use testudo_testkit::{Events, TestService};
    ///
    /// #[shield(name = "Door", decides)]
    /// fn door() -> bool {
    ///     false
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let events = Events::default();
    /// let layer = Stack::new().shield(door).into_layer(()).on_shield(events.clone());
    /// let router = axum::Router::new().route("/", axum::routing::get(async || "inside")).layer(layer);
    /// TestService::serve(router).await.get("/").await.status(403);
    /// assert_eq!(events.lines(), ["Door: blocked"]);
    /// # });
    /// ```
    pub fn on_shield(mut self, listener: impl ShieldListener) -> Self {
        let mut hooks = self.hooks.take().map(|hooks| (*hooks).clone()).unwrap_or_default();
        hooks.listeners.push(Arc::new(listener));
        self.hooks = Some(Arc::new(hooks));
        self
    }
}

impl<S: Clone, L> Clone for ShieldLayer<S, L> {
    fn clone(&self) -> Self {
        Self { run: self.run.clone(), state: self.state.clone(), hooks: self.hooks.clone() }
    }
}

impl<S, L> fmt::Debug for ShieldLayer<S, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShieldLayer").finish_non_exhaustive()
    }
}

impl<S: Clone, L, I> Layer<I> for ShieldLayer<S, L> {
    type Service = ShieldService<S, L, I>;

    fn layer(&self, inner: I) -> Self::Service {
        ShieldService { shields: self.clone(), inner }
    }
}

/// A service behind a stack. See [`Stack::into_layer`].
///
/// ```
/// use testudo_core::{Nothing, Stack, wiring::ShieldService};
/// use tower_layer::Layer;
///
/// let layer = Stack::<()>::public("nobody is asked").into_layer(());
/// let guarded: ShieldService<(), Nothing, &str> = layer.layer("a service");
/// assert!(format!("{guarded:?}").contains("a service"));
/// ```
pub struct ShieldService<S, L, I> {
    shields: ShieldLayer<S, L>,
    inner: I,
}

impl<S: Clone, L, I: Clone> Clone for ShieldService<S, L, I> {
    fn clone(&self) -> Self {
        Self { shields: self.shields.clone(), inner: self.inner.clone() }
    }
}

impl<S, L, I: fmt::Debug> fmt::Debug for ShieldService<S, L, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShieldService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, L, I> Service<Request> for ShieldService<S, L, I>
where
    S: Clone + Send + Sync + 'static,
    L: IntoExtensions + Send + 'static,
    I: Service<Request, Response = Response> + Clone + Send + 'static,
    I::Future: Send + 'static,
    I::Error: Send,
{
    type Response = Response;
    type Error = I::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, I::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The service that was ready is the one to call; a clone of it may not be.
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        let ShieldLayer { run, state, hooks } = self.shields.clone();
        Box::pin(async move {
            let asked = Asked::of(&request);
            let mut context = ShieldContext::new(request, hooks, asked.info.clone());
            let passed = match stack::run(&*run, &mut context, &state).await {
                Ok(passed) => passed,
                Err(refusal) => return Ok(asked.complete(refuse(context, refusal))),
            };
            passed.into_extensions(&mut context.parts_mut().extensions);
            let request = context.take_request();
            let after = context.into_after();
            let mut response = inner.call(request).await?;
            after.apply(&mut response);
            Ok(response)
        })
    }
}
