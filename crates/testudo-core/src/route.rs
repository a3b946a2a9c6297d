//! What a stack makes of handlers: the only thing a router takes.

use axum::routing::{MethodFilter, MethodRouter};

use crate::{
    access::{Claim, Decision, Proves},
    argument::{HandlerArguments, Proofs},
    endpoint::Guarded,
    handler::{HandlerFn, HandlerOutput},
    hooks::HooksCell,
    router::{RouteAccess, Rule},
    seal::SEAL,
    shield::TypeInfo,
    stack::Stack,
};

/// The handlers of one path behind one stack, a method each. Several make a tuple:
/// `(open.get(list), admin.post(create))`.
///
/// ```
/// use testudo_core::{Router, Stack};
///
/// async fn page() {}
///
/// let open = Stack::public("everybody may do everything");
/// let safe = open.get(page).head(page).options(page).trace(page);
/// let unsafe_too = safe.post(page).put(page).patch(page).delete(page).connect(page);
/// let router: Router = Router::new().route("/", unsafe_too.any(page));
/// let methods: Vec<_> = router.access_matrix().routes().iter().map(|route| route.method()).collect();
/// assert_eq!(methods[..4], ["GET", "HEAD", "OPTIONS", "TRACE"]);
/// assert_eq!(methods[4..], ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "ANY"]);
/// ```
#[must_use = "a route does nothing until a router has it"]
pub struct Route<S, L, D> {
    stack: Stack<S, L, D>,
    made: Made<S>,
}

/// A handler for every path that no route has. See [`Router::fallback`](crate::Router::fallback).
///
/// ```
/// use testudo_core::{Router, Stack};
///
/// let open = Stack::public("a page that helps who is lost");
/// let router: Router = Router::new().fallback(open.fallback(async || "lost?"));
/// assert_eq!(router.access_matrix().routes()[0].method(), "ANY");
/// ```
#[must_use = "a fallback does nothing until a router has it"]
pub struct Fallback<S> {
    pub(crate) handler: Guarded<S>,
    pub(crate) access: RouteAccess,
}

/// Routes of one path, whichever stacks made them.
///
/// ```
/// use testudo_core::{Stack, wiring::{IntoRoute, Made}};
///
/// let open = Stack::<()>::public("everybody may look");
/// let made: Made<()> = (open.get(async || ()), open.head(async || ())).into_made();
/// assert!(format!("{made:?}").contains("HEAD"));
/// ```
pub struct Made<S> {
    pub(crate) methods: MethodRouter<S>,
    pub(crate) access: Vec<RouteAccess>,
    pub(crate) hooks: Vec<HooksCell>,
    /// Methods that were given two handlers.
    pub(crate) doubled: Vec<&'static str>,
}

impl<S: Clone + Send + Sync + 'static> Made<S> {
    fn new() -> Self {
        Self { methods: MethodRouter::new(), access: Vec::new(), hooks: Vec::new(), doubled: Vec::new() }
    }

    fn has(&self, method: &'static str) -> bool {
        self.access.iter().any(|access| access.method() == method)
    }

    fn add(&mut self, method: Option<MethodFilter>, handler: Guarded<S>, access: RouteAccess) {
        if self.has(access.method()) {
            self.doubled.push(access.method());
            return;
        }
        self.hooks.push(handler.hooks().clone());
        self.access.push(access);
        let methods = std::mem::take(&mut self.methods);
        self.methods = match method {
            Some(filter) => methods.on(filter, handler),
            None => methods.merge(axum::routing::any(handler)),
        };
    }

    fn join(mut self, other: Self) -> Self {
        let doubled: Vec<_> = other.access.iter().map(RouteAccess::method).filter(|m| self.has(m)).collect();
        if doubled.is_empty() {
            self.methods = self.methods.merge(other.methods);
            self.access.extend(other.access);
            self.hooks.extend(other.hooks);
        }
        self.doubled.extend(doubled);
        self.doubled.extend(other.doubled);
        self
    }
}

/// What a stack made, alone or in a tuple of up to eight.
///
/// ```
/// use testudo_core::{Router, Stack, wiring::IntoRoute};
///
/// /// A router with one path, whatever stacks made for it.
/// fn one(route: impl IntoRoute<()>) -> Router {
///     Router::new().route("/", route)
/// }
///
/// let open = Stack::public("everybody may look");
/// assert_eq!(one((open.get(async || ()), open.head(async || ()))).access_matrix().routes().len(), 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "a route takes what a decided stack made",
    label = "not made by a stack",
    note = "write `stack.get(handler)`, a tuple of such, or `Stack::public(\"reason\").get(handler)`",
    note = "a router that axum made is mounted with `nest_unaudited(path, router, \"reason\")`"
)]
pub trait IntoRoute<S> {
    /// The routes.
    ///
    /// ```
    /// # use testudo_core::{Stack, wiring::IntoRoute};
    /// let made = Stack::<()>::public("everybody may look").get(async || ()).into_made();
    /// assert!(format!("{made:?}").contains("GET"));
    /// ```
    fn into_made(self) -> Made<S>;
}

impl<S, L, D> IntoRoute<S> for Route<S, L, D> {
    fn into_made(self) -> Made<S> {
        self.made
    }
}

macro_rules! tuples {
    ($($T:ident)+) => {
        #[expect(non_snake_case, reason = "the macro names a variable after its type")]
        impl<S: Clone + Send + Sync + 'static, $($T: IntoRoute<S>),+> IntoRoute<S> for ($($T,)+) {
            fn into_made(self) -> Made<S> {
                let ($($T,)+) = self;
                Made::new()$(.join($T.into_made()))+
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

impl<S: Send + Sync + 'static, L: Send + Sync + 'static, D> Stack<S, L, D> {
    fn access<F, Args, M>(&self, method: &'static str, handler: &F) -> RouteAccess
    where
        F: HandlerFn<Args>,
        Args: HandlerArguments<L, S, M>,
    {
        let rule = match self.public {
            Some(reason) => Rule::Public { reason },
            None => Rule::Shielded,
        };
        RouteAccess {
            method,
            path: String::new(),
            rule,
            shields: self.shields.to_vec(),
            arguments: Args::describe(SEAL),
            output: Some(TypeInfo::of::<F::Output>()),
            handler: Some(handler.name()),
            unproven: handler.unproven_reason(),
        }
    }

    /// A handler for every path that no route has, given to [`Router::fallback`](crate::Router::fallback). It
    /// serves every method, so behind shields it names a proof.
    ///
    /// ```
    /// # use testudo_core::{Router, Stack};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let open = Stack::public("a page that helps who is lost");
    /// let router = Router::new().fallback(open.fallback(async || "lost?"));
    /// let service = testudo_testkit::TestService::start(router, ()).await;
    /// service.get("/nowhere").await.status(200).text("lost?");
    /// # });
    /// ```
    pub fn fallback<F, Args, M>(&self, handler: F) -> Fallback<S>
    where
        D: Decision<L>,
        F: HandlerFn<Args>,
        F::Future: Send,
        F::Output: HandlerOutput,
        Args: HandlerArguments<L, S, M> + 'static,
        M: Proofs,
        <F::Claim as Claim>::Or<M::Proof>: Proves<D, L>,
    {
        let access = self.access::<F, Args, M>("ANY", &handler);
        Fallback { handler: self.guard(handler), access }
    }
}

macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident $NAME:literal $filter:expr, [$($proof:tt)*];)*) => {
        impl<S: Clone + Send + Sync + 'static, L: Send + Sync + 'static, D> Stack<S, L, D> {
            $(
                $(#[$doc])*
                ///
                /// ```
                /// # use testudo_core::{Router, Stack};
                #[doc = concat!("let route = Stack::public(\"an example\").", stringify!($name), "(async || ());")]
                /// let router: Router = Router::new().route("/", route);
                #[doc = concat!("assert_eq!(router.access_matrix().routes()[0].method(), \"", $NAME, "\");")]
                /// ```
                pub fn $name<F, Args, M>(&self, handler: F) -> Route<S, L, D>
                where
                    D: Decision<L>,
                    F: HandlerFn<Args>,
                    F::Future: Send,
                    F::Output: HandlerOutput,
                    Args: HandlerArguments<L, S, M> + 'static,
                    M: Proofs,
                    $($proof)*
                {
                    Route { stack: self.clone(), made: Made::new() }.$name(handler)
                }
            )*
        }

        impl<S: Clone + Send + Sync + 'static, L: Send + Sync + 'static, D> Route<S, L, D> {
            $(
                $(#[$doc])*
                pub fn $name<F, Args, M>(mut self, handler: F) -> Self
                where
                    D: Decision<L>,
                    F: HandlerFn<Args>,
                    F::Future: Send,
                    F::Output: HandlerOutput,
                    Args: HandlerArguments<L, S, M> + 'static,
                    M: Proofs,
                    $($proof)*
                {
                    let access = self.stack.access::<F, Args, M>($NAME, &handler);
                    self.made.add($filter, self.stack.guard(handler), access);
                    self
                }
            )*
        }
    };
}

methods! {
    /// Serves `GET`, and `HEAD` where no other handler does (RFC 9110, sections 9.3.1 and 9.3.2).
    get "GET" Some(MethodFilter::GET), [];
    /// Serves `HEAD` (RFC 9110, section 9.3.2).
    head "HEAD" Some(MethodFilter::HEAD), [];
    /// Serves `OPTIONS` (RFC 9110, section 9.3.7).
    options "OPTIONS" Some(MethodFilter::OPTIONS), [];
    /// Serves `TRACE` (RFC 9110, section 9.3.8).
    trace "TRACE" Some(MethodFilter::TRACE), [];
    /// Serves `POST` (RFC 9110, section 9.3.3). Behind shields the handler names a proof.
    post "POST" Some(MethodFilter::POST), [<F::Claim as Claim>::Or<M::Proof>: Proves<D, L>];
    /// Serves `PUT` (RFC 9110, section 9.3.4). Behind shields the handler names a proof.
    put "PUT" Some(MethodFilter::PUT), [<F::Claim as Claim>::Or<M::Proof>: Proves<D, L>];
    /// Serves `PATCH` (RFC 5789). Behind shields the handler names a proof.
    patch "PATCH" Some(MethodFilter::PATCH), [<F::Claim as Claim>::Or<M::Proof>: Proves<D, L>];
    /// Serves `DELETE` (RFC 9110, section 9.3.5). Behind shields the handler names a proof.
    delete "DELETE" Some(MethodFilter::DELETE), [<F::Claim as Claim>::Or<M::Proof>: Proves<D, L>];
    /// Serves `CONNECT` (RFC 9110, section 9.3.6). Behind shields the handler names a proof.
    connect "CONNECT" Some(MethodFilter::CONNECT), [<F::Claim as Claim>::Or<M::Proof>: Proves<D, L>];
    /// Serves every method that no other handler of the path does. Behind shields the handler names a proof.
    any "ANY" None, [<F::Claim as Claim>::Or<M::Proof>: Proves<D, L>];
}

impl<S, L, D> std::fmt::Debug for Route<S, L, D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Route").field("access", &self.made.access).finish_non_exhaustive()
    }
}

impl<S> std::fmt::Debug for Fallback<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fallback").field("access", &self.access).finish_non_exhaustive()
    }
}

impl<S> std::fmt::Debug for Made<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made").field("access", &self.access).finish_non_exhaustive()
    }
}
