//! Routes that stacks made, and nothing else.

mod error;
mod matrix;
mod paths;
mod table;

use std::{
    convert::Infallible,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
    routing::Route as AxumRoute,
};
use http::StatusCode;
use tower_layer::Layer;
use tower_service::Service;

pub use error::{RouteError, RouteErrors};
pub use matrix::{AccessMatrix, RouteAccess, Rule};
use paths::Paths;

use crate::{
    endpoint::Asked,
    event::ShieldListener,
    hooks::{Hooks, HooksCell},
    problem::Problem,
    route::{Fallback, IntoRoute},
    shield::{Panicked, ShieldInfo},
};

/// Routes with state `S`, each made by a stack that has decided who may call it.
///
/// 1. It takes what stacks made and nothing else; a router from elsewhere is mounted by name, with a reason
///    ([`nest_unaudited`](Self::nest_unaudited)).
/// 2. It knows who may call what: [`access_matrix`](Self::access_matrix).
/// 3. Registrations that contradict or shadow each other are collected and reported at once, when it becomes an
///    axum router.
/// 4. Unknown paths are answered with `404`, other methods of known paths with `405` and `Allow`, both as problem
///    details, and without asking a shield.
/// 5. Layers added here wrap what was added before them, as in axum; the built-in `404` and `405` come last. Layers
///    for every response belong round what [`into_axum`](Self::into_axum) returns.
///
/// ```
/// use testudo_core::{Router, Stack};
///
/// let open = Stack::public("everybody may look");
/// let api = Router::new().route("/products", open.get(async || "all"));
/// let router: Router = Router::new()
///     .nest("/api", api)
///     .nest_unaudited("/legacy", axum::Router::new(), "not moved yet")
///     .fallback(open.fallback(async || "lost?"));
///
/// assert!(router.check().is_ok());
/// let paths: Vec<_> = router.access_matrix().routes().iter().map(|route| route.path()).collect();
/// assert_eq!(paths, ["/api/products", "/legacy/{*}", "/{*}"]);
/// let _: axum::Router = router.into_axum();
/// ```
#[must_use = "a router serves nothing by itself"]
pub struct Router<S = ()> {
    inner: axum::Router<S>,
    matrix: AccessMatrix,
    paths: Paths,
    errors: Vec<RouteError>,
    cells: Vec<(HooksCell, Hooks)>,
    hooks: Hooks,
    /// Shields that are on no route.
    layered: Vec<ShieldInfo>,
    has_fallback: bool,
    /// A router below this one has a fallback.
    has_nested_fallback: bool,
    /// It holds what axum alone knows: an unaudited router, or a fallback below a path.
    is_opaque: bool,
}

impl<S: Clone + Send + Sync + 'static> Router<S> {
    /// A router without routes.
    pub fn new() -> Self {
        Self {
            inner: axum::Router::new(),
            matrix: AccessMatrix::default(),
            paths: Paths::default(),
            errors: Vec::new(),
            cells: Vec::new(),
            hooks: Hooks::default(),
            layered: Vec::new(),
            has_fallback: false,
            has_nested_fallback: false,
            is_opaque: false,
        }
    }

    /// Adds a path with the handlers that one or several stacks made for it:
    /// `.route("/products", (open.get(list), admin.post(create)))`.
    ///
    /// Paths are written as axum 0.8 has them: `/products/{id}`, `/files/{*path}`.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let open = Stack::public("a page");
    /// let router: Router = Router::new().route("/files/{*path}", (open.get(async || ()), open.head(async || ())));
    /// assert_eq!(router.access_matrix().routes().len(), 2);
    /// ```
    pub fn route(mut self, path: &str, route: impl IntoRoute<S>) -> Self {
        let made = route.into_made();
        let path_of = |method| RouteError::Doubled { method, path: path.to_owned() };
        self.errors.extend(made.doubled.iter().copied().map(path_of));
        let methods: Vec<_> = made.access.iter().map(RouteAccess::method).collect();
        for access in made.access {
            self.list(RouteAccess { path: path.to_owned(), ..access });
        }
        match self.paths.add(path, &methods) {
            Ok(()) => {
                self.cells.extend(made.hooks.into_iter().map(|cell| (cell, Hooks::default())));
                self.apply(path, |inner| inner.route(path, made.methods));
            }
            Err(errors) => self.errors.extend(errors),
        }
        self
    }

    fn list(&mut self, access: RouteAccess) {
        let (method, path) = (access.method, access.path.clone());
        let public =
            matches!(access.rule, Rule::Public { reason } | Rule::Unaudited { reason } if is_blank(reason));
        if public || access.unproven.is_some_and(is_blank) {
            self.errors.push(RouteError::NoReason { method, path: path.clone() });
        }
        let mut seen = Vec::new();
        for ty in access.shields.iter().filter_map(ShieldInfo::passes) {
            if seen.contains(&ty) {
                let ty = ty.short_name();
                self.errors.push(RouteError::Ambiguous { method, path: path.clone(), ty });
            } else {
                seen.push(ty);
            }
        }
        self.matrix.0.push(access);
    }

    /// Adds the routes of another router below `prefix`.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let inner = Router::new().route("/", Stack::public("a page").get(async || ()));
    /// let router: Router = Router::new().nest("/api", inner);
    /// assert_eq!(router.access_matrix().routes()[0].path(), "/api");
    /// ```
    pub fn nest(mut self, prefix: &str, other: Router<S>) -> Self {
        if let Err(error) = paths::check_prefix(prefix) {
            self.errors.push(error);
            return self;
        }
        if other.has_nested_fallback && !other.has_fallback {
            self.errors.push(RouteError::LostFallback { path: prefix.to_owned() });
        }
        let has_fallback = other.has_fallback || other.has_nested_fallback;
        self.is_opaque |= other.is_opaque;
        let taken = self.paths.take(prefix, &other.paths);
        let inner = self.adopt(prefix, other);
        match taken {
            Ok(()) => self.apply(prefix, |outer| outer.nest(prefix, inner)),
            Err(errors) => self.errors.extend(errors),
        }
        self.has_nested_fallback |= has_fallback;
        self.is_opaque |= has_fallback;
        self
    }

    /// Lets axum do it. It panics on what it cannot do, and knows more of what it holds than `Paths` does once a
    /// router is opaque.
    fn apply(&mut self, at: &str, change: impl FnOnce(axum::Router<S>) -> axum::Router<S>) {
        if !self.is_opaque {
            self.inner = change(std::mem::take(&mut self.inner));
            return;
        }
        let before = self.inner.clone();
        match catch_unwind(AssertUnwindSafe(move || change(before))) {
            Ok(after) => self.inner = after,
            Err(panic) => {
                let why = Panicked::new(&*panic).to_string();
                self.errors.push(RouteError::Unaudited { path: at.to_owned(), why });
            }
        }
    }

    /// Adds the routes of another router beside these.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let one = || Router::<()>::new().route("/", Stack::public("a page").get(async || ()));
    /// assert!(one().merge(one()).check().unwrap_err().to_string().contains("registered twice"));
    /// ```
    pub fn merge(mut self, other: Router<S>) -> Self {
        let mut errors = self.paths.take("", &other.paths).err().unwrap_or_default();
        if self.has_fallback && other.has_fallback {
            errors.push(RouteError::DoubledFallback);
        }
        self.has_fallback |= other.has_fallback;
        let (has_nested_fallback, is_opaque) = (other.has_nested_fallback, other.is_opaque);
        let inner = self.adopt("", other);
        self.is_opaque |= is_opaque;
        if errors.is_empty() {
            self.apply("/", |outer| outer.merge(inner));
        }
        self.has_nested_fallback |= has_nested_fallback;
        self.errors.extend(errors);
        self
    }

    /// Takes over everything of another router but its routes.
    fn adopt(&mut self, prefix: &str, other: Router<S>) -> axum::Router<S> {
        for access in other.matrix.0 {
            let path = paths::under(prefix, &access.path);
            self.matrix.0.push(RouteAccess { path, ..access });
        }
        self.errors.extend(other.errors);
        self.layered.extend(other.layered);
        for (cell, mut hooks) in other.cells {
            hooks.join(&other.hooks);
            self.cells.push((cell, hooks));
        }
        other.inner
    }

    /// Mounts a router that Testudo did not make below `prefix`. Nobody audits its routes: the access matrix lists
    /// the prefix with the reason.
    ///
    /// ```
    /// # use testudo_core::Router;
    /// let router: Router = Router::new().nest_unaudited("/old", axum::Router::new(), "not moved yet");
    /// assert!(router.access_matrix().to_string().contains("UNAUDITED: not moved yet"));
    /// ```
    pub fn nest_unaudited(mut self, prefix: &str, router: axum::Router<S>, reason: &'static str) -> Self {
        self.list(RouteAccess::unaudited(paths::under(prefix, "/{*}"), reason));
        if let Err(error) = paths::check_prefix(prefix) {
            self.errors.push(error);
            return self;
        }
        // Its paths are unknown until axum meets them.
        self.is_opaque = true;
        self.apply(prefix, |outer| outer.nest(prefix, router));
        self
    }

    /// Answers every path that no route has with what a stack made: `.fallback(open.fallback(page))`. Without one
    /// they are answered with `404`.
    pub fn fallback(mut self, fallback: Fallback<S>) -> Self {
        if self.has_fallback {
            self.errors.push(RouteError::DoubledFallback);
            return self;
        }
        self.has_fallback = true;
        self.list(RouteAccess { path: "/{*}".to_owned(), ..fallback.access });
        self.cells.push((fallback.handler.hooks().clone(), Hooks::default()));
        self.inner = self.inner.fallback(fallback.handler);
        self
    }

    /// Wraps every route added so far in a layer.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let open = Stack::public("a page");
    /// let router = Router::new()
    ///     .route("/before", open.get(async |axum::Extension(n): axum::Extension<u32>| n.to_string()))
    ///     .layer(axum::Extension(7_u32))
    ///     .route("/after", open.get(async |n: Option<axum::Extension<u32>>| format!("{}", n.is_some())));
    /// let service = testudo_testkit::TestService::start(router, ()).await;
    /// service.get("/before").await.status(200).text("7");
    /// service.get("/after").await.status(200).text("false");
    /// # });
    /// ```
    pub fn layer<T>(mut self, layer: T) -> Self
    where
        T: Layer<AxumRoute> + Clone + Send + Sync + 'static,
        T::Service: Service<Request> + Clone + Send + Sync + 'static,
        <T::Service as Service<Request>>::Response: IntoResponse + 'static,
        <T::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <T::Service as Service<Request>>::Future: Send + 'static,
    {
        self.inner = self.inner.layer(layer);
        self
    }

    /// Wraps every route added so far in a layer that runs only for requests one of them serves.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let page = Stack::public("a page").get(async |_: axum::Extension<u32>| "a page");
    /// let router: Router = Router::new().route("/", page).route_layer(axum::Extension(7_u32));
    /// assert!(router.check().is_ok());
    ///
    /// let nothing_yet: Router = Router::new().route_layer(axum::Extension(7_u32));
    /// assert!(nothing_yet.check().is_err()); // add the routes first
    /// ```
    pub fn route_layer<T>(mut self, layer: T) -> Self
    where
        T: Layer<AxumRoute> + Clone + Send + Sync + 'static,
        T::Service: Service<Request> + Clone + Send + Sync + 'static,
        <T::Service as Service<Request>>::Response: IntoResponse + 'static,
        <T::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <T::Service as Service<Request>>::Future: Send + 'static,
    {
        if self.inner.has_routes() {
            self.inner = self.inner.route_layer(layer);
        } else {
            self.errors.push(RouteError::NothingToLayer);
        }
        self
    }

    /// Gives the routes their state. What is left to provide is `S2`.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let router: Router<u32> = Router::new().route("/", Stack::public("a page").get(async || ()));
    /// let ready: Router<()> = router.with_state(7);
    /// assert!(ready.check().is_ok());
    /// ```
    pub fn with_state<S2>(self, state: S) -> Router<S2> {
        Router {
            inner: self.inner.with_state(state),
            matrix: self.matrix,
            paths: self.paths,
            errors: self.errors,
            cells: self.cells,
            hooks: self.hooks,
            layered: self.layered,
            has_fallback: self.has_fallback,
            has_nested_fallback: self.has_nested_fallback,
            is_opaque: self.is_opaque,
        }
    }

    /// Knows of shields that are on no route of its own, such as those of a [layer](crate::Stack::into_layer) round an
    /// unaudited router: what they need is met with what the routes need.
    ///
    /// ```
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// fn door() -> bool {
    ///     true
    /// }
    ///
    /// let stack = Stack::<()>::new().shield(door);
    /// let old = axum::Router::new().route("/", axum::routing::get(async || "old"));
    /// let router: Router = Router::new().needing(stack.shields());
    /// let router = router.nest_unaudited("/old", old.layer(stack.into_layer(())), "not moved yet");
    /// assert_eq!(router.shields().next().unwrap().name(), "door");
    /// ```
    pub fn needing(mut self, shields: &[ShieldInfo]) -> Self {
        self.layered.extend_from_slice(shields);
        self
    }

    /// Every shield of the routes, and those it [knows of](Self::needing) otherwise; one that is on several routes is
    /// there as often.
    pub fn shields(&self) -> impl Iterator<Item = &ShieldInfo> {
        self.matrix.routes().iter().flat_map(RouteAccess::shields).chain(&self.layered)
    }

    /// Lets `listener` hear of every shield run on these routes.
    ///
    /// ```
    /// use testudo::prelude::*;
    /// use testudo_testkit::{Events, TestService};
    ///
    /// #[shield(name = "Door", protects)]
    /// fn door() -> bool {
    ///     true
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let events = Events::default();
    /// let page = Stack::public("a page").shield(door).get(async || "inside");
    /// let router = Router::new().route("/", page).on_shield(events.clone());
    /// TestService::start(router, ()).await.get("/").await.status(200);
    /// assert_eq!(events.lines(), ["Door: success"]);
    /// # });
    /// ```
    pub fn on_shield(mut self, listener: impl ShieldListener) -> Self {
        self.hooks.listeners.push(Arc::new(listener));
        self
    }

    /// Answers `503` with `Retry-After` instead of `500` where the cause of a problem is an error of which
    /// `is_unavailable` says that something the service depends on is not there. The request may then be repeated.
    ///
    /// ```
    /// use std::io;
    /// use testudo::prelude::*;
    ///
    /// async fn page() -> Result<String, Problem> {
    ///     Err(io::Error::from(io::ErrorKind::ConnectionReset))?
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let routes: Router = Router::new()
    ///     .route("/", Stack::public("a page").get(page))
    ///     .unavailable_if(|error| error.is::<io::Error>());
    /// let service = testudo_testkit::TestService::start(routes, ()).await;
    /// service.get("/").await.status(503).header("retry-after", "5");
    /// # });
    /// ```
    pub fn unavailable_if(mut self, is_unavailable: fn(&(dyn std::error::Error + 'static)) -> bool) -> Self {
        self.hooks.unavailable.push(is_unavailable);
        self
    }

    /// Lets fixed values stand in for shields and dependencies.
    ///
    /// ```
    /// use testudo::prelude::*;
    /// use testudo_core::testing::Replacements;
    ///
    /// #[shield(decides)]
    /// fn api_token() -> Option<u32> {
    ///     None
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let me = Stack::new().shield(api_token).get(async |user: Passed<u32>| user.to_string());
    /// let mut fixed = Replacements::new();
    /// fixed.shield::<api_token>(7);
    /// let router = Router::new().route("/me", me).replace(&fixed);
    /// testudo_testkit::TestService::start(router, ()).await.get("/me").await.status(200).text("7");
    /// # });
    /// ```
    #[cfg(feature = "testing")]
    pub fn replace(mut self, replacements: &crate::testing::Replacements) -> Self {
        self.hooks.replacements.join(replacements);
        self
    }

    /// Who may call what.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let router: Router = Router::new().route("/", Stack::public("a page").get(async || ()));
    /// assert_eq!(router.access_matrix().routes().len(), 1);
    /// ```
    pub fn access_matrix(&self) -> &AccessMatrix {
        &self.matrix
    }

    /// Whether all registrations can stand.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let blank: Router = Router::new().route("/", Stack::public(" ").get(async || ()));
    /// assert!(blank.check().unwrap_err().to_string().contains("the reason is blank"));
    /// ```
    ///
    /// # Errors
    /// All that cannot, at once.
    pub fn check(&self) -> Result<(), RouteErrors> {
        if self.errors.is_empty() { Ok(()) } else { Err(RouteErrors(self.errors.clone())) }
    }

    /// The router as axum's own.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let router: Router = Router::new().route("no-slash", Stack::public("a page").get(async || ()));
    /// assert!(router.try_into_axum().is_err());
    /// ```
    ///
    /// # Errors
    /// All registrations that cannot stand, at once.
    pub fn try_into_axum(self) -> Result<axum::Router<S>, RouteErrors> {
        self.check()?;
        for (cell, mut hooks) in self.cells {
            hooks.join(&self.hooks);
            if !hooks.is_idle() {
                // A cell belongs to one route, and a route to one router.
                let _ = cell.set(Arc::new(hooks));
            }
        }
        let inner = self.inner.method_not_allowed_fallback(method_not_allowed);
        Ok(if self.has_fallback { inner } else { inner.fallback(not_found) })
    }

    /// The router as axum's own, which is always to be had: nobody is locked in.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// let router: Router = Router::new().route("/", Stack::public("a page").get(async || ()));
    /// assert!(router.into_axum().has_routes());
    /// ```
    ///
    /// # Panics
    /// If registrations cannot stand; all of them are named. A service uses [`try_into_axum`](Self::try_into_axum)
    /// and refuses to start.
    #[track_caller]
    pub fn into_axum(self) -> axum::Router<S> {
        match self.try_into_axum() {
            Ok(router) => router,
            Err(errors) => panic!("these routes cannot stand:\n{errors}"),
        }
    }
}

fn is_blank(reason: &str) -> bool {
    reason.trim().is_empty()
}

async fn not_found(request: Request) -> Response {
    Asked::of(&request).complete(Problem::not_found("there is nothing at this path").into_response())
}

async fn method_not_allowed(request: Request) -> Response {
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED).detail("this path does not have this method");
    Asked::of(&request).complete(problem.into_response())
}

impl<S: Clone + Send + Sync + 'static> Default for Router<S> {
    /// A router without routes.
    fn default() -> Self {
        Self::new()
    }
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("matrix", &self.matrix)
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}
