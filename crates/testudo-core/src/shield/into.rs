//! What can be stacked, and combined before it is.

use std::time::Duration;

use super::{Map, Observe, Optional, Or, Shield, Timeout, Value, When};

/// It is a shield.
///
/// ```
/// use testudo::{IntoShield, prelude::*, wiring::Itself};
///
/// #[shield(protects)]
/// fn door() -> bool {
///     true
/// }
///
/// fn is_a_shield(_: impl IntoShield<Itself>) -> bool {
///     true
/// }
/// assert!(is_a_shield(door()));
/// ```
#[derive(Debug)]
pub enum Itself {}

/// It is a function that makes a shield.
///
/// ```
/// use testudo::{IntoShield, prelude::*, wiring::MadeBy};
///
/// #[shield(protects)]
/// fn door() -> bool {
///     true
/// }
///
/// fn makes_a_shield(_: impl IntoShield<MadeBy>) -> bool {
///     true
/// }
/// assert!(makes_a_shield(door)); // without parentheses
/// ```
#[derive(Debug)]
pub enum MadeBy {}

/// What can be stacked: a shield, or the function that makes it, which `#[shield]` writes. So
/// `stack.shield(api_token)` needs no parentheses, and `api_token` stays free as the name of a variable.
///
/// Here are also the ways to combine shields. Each keeps block and fail apart, and none turns a fail into a pass.
///
/// ```
/// use std::time::Duration;
/// use axum::http::HeaderMap;
/// use testudo::prelude::*;
///
/// #[derive(Clone)]
/// struct User;
///
/// #[shield(decides, status = 401)]
/// fn api_token(headers: HeaderMap) -> Result<Option<User>, Block> {
///     let token = headers.get("x-api-token").ok_or_else(Block::missing)?;
///     Ok((token == "secret").then_some(User))
/// }
///
/// #[shield(decides, status = 401)]
/// async fn session_cookie(headers: HeaderMap) -> Option<User> {
///     (headers.get("cookie")? == "session=secret").then_some(User)
/// }
///
/// // Decides, because both do.
/// let either = api_token.or(session_cookie.timeout(Duration::from_millis(200)));
/// // Does not decide: nobody has to be somebody.
/// let maybe = api_token.optional();
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = Router::new()
///     .route("/me", Stack::new().shield(either).get(async |_: Passed<User>| "me"))
///     .route("/", Stack::public("a greeting").shield(maybe).get(async |_: Passed<Option<User>>| "hello"));
/// let service = testudo_testkit::TestService::start(router, ()).await;
/// service.get("/me").await.status(401);
/// service.get("/me").header("cookie", "session=secret").await.status(200).text("me");
/// service.get("/").await.status(200).text("hello");
/// service.get("/").header("x-api-token", "wrong").await.status(401); // not missing, but invalid
/// # });
/// ```
///
/// `Via` says which of the two it is, and is always inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a shield",
    label = "not a shield, nor a function without arguments that makes one",
    note = "a function becomes a shield with `#[shield]`; one with `#[with]` or `#[section]` arguments is called: \
            `rate_limit(600)`, `region(\"beach\")`"
)]
pub trait IntoShield<Via>: Sized {
    /// The shield.
    type Shield: Shield;

    /// The shield.
    ///
    /// ```
    /// use testudo::{Shield, prelude::*};
    ///
    /// #[shield(name = "Door", protects)]
    /// fn door() -> bool {
    ///     true
    /// }
    /// assert_eq!(door.into_shield().info().name(), "Door");
    /// ```
    fn into_shield(self) -> Self::Shield;

    /// This shield, or else `other`: the first pass wins, also after a fail (which is recorded).
    ///
    /// 1. Both block: the first's rejection, with the challenges of both.
    /// 2. One blocks and one fails: a fail, because the one that could not decide might have passed.
    /// 3. It decides only if both do.
    fn or<B, ViaB>(self, other: B) -> Or<Self::Shield, B::Shield>
    where
        B: IntoShield<ViaB>,
        B::Shield: Shield<Output = <Self::Shield as Shield>::Output>,
    {
        Or::new(self.into_shield(), other.into_shield())
    }

    /// Passes `Option<T>`: `None` when the credential is *missing* ([`Block::missing`](crate::Block::missing)). An
    /// invalid one still blocks, and a fail stays a fail. The result does not decide.
    ///
    /// A shield that answers `None` for a missing credential does not say that it is missing: it blocks here, too.
    /// `headers.get("x-api-token").ok_or_else(Block::missing)?` says so.
    fn optional(self) -> Optional<Self::Shield> {
        Optional::new(self.into_shield())
    }

    /// Runs only for requests that satisfy `condition`, and passes `Option<T>`. The result does not decide.
    ///
    /// ```
    /// use axum::http::Method;
    /// use testudo::prelude::*;
    ///
    /// #[shield(protects)]
    /// fn closed() -> bool {
    ///     false
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let open = Stack::public("a page").shield(closed.when(|request| request.method == Method::POST));
    /// let router = Router::new().route("/", open.get(async || "look").post(async || "change"));
    /// let service = testudo_testkit::TestService::start(router, ()).await;
    /// service.get("/").await.status(200).text("look");
    /// service.post("/").await.status(403);
    /// # });
    /// ```
    fn when<F>(self, condition: F) -> When<Self::Shield, F>
    where
        F: Fn(&http::request::Parts) -> bool + Send + Sync + 'static,
    {
        When::new(self.into_shield(), condition)
    }

    /// Only observes: the shield runs, what it would have decided is recorded under `NAME (observed)`, and the request goes
    /// on in any case with [`Observed<T>`](crate::Observed), which is no `T` and proves nothing. The result does not
    /// decide. For a shield that is new, and whose blocks are to be counted before anybody feels them.
    ///
    /// Fields that it adds to the response are not sent. Content that it reads stays read: where it was too large, it is so
    /// for the handler, too.
    ///
    /// ```
    /// use testudo::{Observed, prelude::*};
    ///
    /// #[shield(decides)]
    /// fn nobody() -> bool {
    ///     false
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let stack = Stack::public("nobody is refused yet").shield(nobody.observe());
    /// let router: Router = Router::new().route("/", stack.get(async |seen: Passed<Observed<()>>| seen.would_pass().to_string()));
    /// testudo_testkit::TestService::start(router, ()).await.get("/").await.status(200).text("false");
    /// # });
    /// ```
    fn observe(self) -> Observe<Self::Shield> {
        Observe::new(self.into_shield())
    }

    /// Turns the passed value into another. A block or a fail is left alone, and it decides if this shield does.
    ///
    /// ```
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// fn user_id() -> Option<u32> {
    ///     Some(7)
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let named = Stack::new().shield(user_id.map(|id| format!("user {id}")));
    /// let router = Router::new().route("/", named.get(async |name: Passed<String>| name.0));
    /// testudo_testkit::TestService::start(router, ()).await.get("/").await.status(200).text("user 7");
    /// # });
    /// ```
    fn map<U, F>(self, map: F) -> Map<Self::Shield, F, U>
    where
        F: Fn(Value<Self::Shield>) -> U + Send + Sync + 'static,
    {
        Map::new(self.into_shield(), map)
    }

    /// Fails when no verdict is there after `limit`. It decides if this shield does.
    ///
    /// ```
    /// use std::time::Duration;
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// async fn never_answers() -> bool {
    ///     std::future::pending().await
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let stack = Stack::new().shield(never_answers.timeout(Duration::from_millis(20)));
    /// let router = Router::new().route("/", stack.get(async || "inside"));
    /// testudo_testkit::TestService::start(router, ()).await.get("/").await.status(503).header("retry-after", "5");
    /// # });
    /// ```
    fn timeout(self, limit: Duration) -> Timeout<Self::Shield> {
        Timeout::new(self.into_shield(), limit)
    }
}

impl<Sh: Shield> IntoShield<Itself> for Sh {
    type Shield = Sh;

    fn into_shield(self) -> Sh {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<F: FnOnce() -> Sh, Sh: Shield> IntoShield<MadeBy> for F {
    type Shield = Sh;

    fn into_shield(self) -> Sh {
        self()
    }
}
