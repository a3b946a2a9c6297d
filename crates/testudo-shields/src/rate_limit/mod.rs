//! Limits of how many requests pass, and in which time.
//!
//! | Function | What it counts by |
//! |---|---|
//! | [`by_address`] | the client's address, which no header field of the client's own changes |
//! | [`by`] | what a shield in front has passed: a user, a tenant, an API key |
//! | [`by_route`] | the route: all clients together |
//!
//! ```toml
//! [rate_limit.login]
//! limit = 5                     # so many requests ..
//! period = "1m"                 # .. in so much time,
//! burst = 5                     # and so many at once (gcra; defaults to limit)
//! algorithm = "gcra"            # or "window": exact, never one more than `limit` in any period
//! danger_when_down = "local"    # or "open"; without it nobody passes while the store is down: 503
//! ```
//!
//! With `redis.url` all processes count together, by the server's clock; without, each counts in its memory. Shields of
//! one name count together; give two limits two names. A refusal is `429` with `Retry-After`, and every answer says what
//! is left in `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10): for `gcra`, `q` is the burst
//! and `w` the time in which it comes back.
//!
//! A request is counted where the shield stands: stack it in front of what is expensive, such as a password hash, and
//! behind what it counts by. What a later shield refuses stays counted.
//!
//! ```
//! use testudo::prelude::*;
//! use testudo_shields::rate_limit;
//!
//! #[derive(Clone)]
//! struct Tenant(String);
//!
//! #[shield(decides)]
//! fn tenant(headers: &axum::http::HeaderMap) -> Option<Tenant> {
//!     Some(Tenant(headers.get("x-tenant")?.to_str().ok()?.to_owned()))
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let limit = rate_limit::by("exports", |tenant: &Tenant, key| key.part(&tenant.0));
//! let exports = Stack::new().shield(tenant).shield(limit).get(async |_: Passed<Tenant>| "exported");
//! let routes: Router = Router::new().route("/exports", exports);
//!
//! let one_an_hour = [("rate_limit.exports.limit", "1"), ("rate_limit.exports.period", "1h")];
//! testudo::bind(&routes, one_an_hour).unwrap();
//! let service = testudo_testkit::TestService::start(routes, ()).await;
//! let passed = service.get("/exports").header("x-tenant", "acme").await;
//! passed.status(200).header("ratelimit-policy", "\"exports\";q=1;w=3600").header("ratelimit", "\"exports\";r=0;t=3600");
//! service.get("/exports").header("x-tenant", "acme").await.status(429).header("retry-after", "3600");
//! service.get("/exports").header("x-tenant", "other").await.status(200);
//! # });
//! ```

mod by;
mod fields;
mod settings;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

use http::{HeaderValue, StatusCode};
use testudo_core::{Block, Check, Fail, Has, Protects, Shield, ShieldContext, ShieldInfo, Verdict};
use testudo_settings::{Section, WantedSection};
use testudo_store::{Key, KeyMaker, Limiter, Needed, Outcome, Policy};

pub use self::{
    by::{Address, By, Route},
    settings::RateLimitSettings,
};

/// What keys of limits begin with. Who changes what is counted under a key raises the number.
const KEY: (&str, u32) = ("rate_limit", 1);

/// Passes as many requests as the section `[rate_limit.NAME]` says, and blocks the others: `429`.
///
/// It protects and does not decide. Made by [`by_address`], [`by`] and [`by_route`].
///
/// ```
/// use testudo_core::Shield;
/// use testudo_shields::rate_limit;
///
/// let info = rate_limit::by_address("login").per_route().info();
/// assert_eq!((info.name(), info.decides()), ("Rate Limit", false));
/// ```
#[derive(Debug)]
pub struct RateLimit<B> {
    by: B,
    name: String,
    section: Section<RateLimitSettings>,
    limiter: Needed<Limiter>,
    made: OnceLock<Made>,
    cost: u32,
    per_route: bool,
}

/// What is the same for every request.
#[derive(Debug)]
struct Made {
    policy: Policy,
    field: HeaderValue,
}

/// Counts by the client's address.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_shields::rate_limit;
///
/// let login = Stack::public("who signs in has no token yet").shield(rate_limit::by_address("login"));
/// let routes: Router = Router::new().route("/token", login.post(async || "a token"));
/// assert!(testudo::bind(&routes, [("rate_limit.login.limit", "5")]).is_err()); // five in which time?
/// testudo::bind(&routes, [("rate_limit.login.limit", "5"), ("rate_limit.login.period", "1m")]).unwrap();
/// ```
///
/// # Panics
/// If the name is none: 1 to 64 letters, digits, `_`, `-` and `.`.
pub fn by_address(name: &str) -> RateLimit<Address> {
    RateLimit::new(name, Address::new())
}

/// Counts by the route and its method, all clients together.
///
/// ```
/// use testudo_core::Shield;
/// use testudo_shields::rate_limit;
///
/// assert_eq!(rate_limit::by_route("exports").info().needs().count(), 2); // its section and a store
/// ```
///
/// # Panics
/// As [`by_address`].
pub fn by_route(name: &str) -> RateLimit<Route> {
    RateLimit::new(name, Route::new()).per_route()
}

/// Counts by what a shield in front has passed: `key` adds to the key what tells them apart. A stack in which nobody
/// passes a `T` does not compile.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_shields::rate_limit;
///
/// #[derive(Clone)]
/// struct User {
///     id: u64,
/// }
///
/// #[shield(decides)]
/// fn user() -> Option<User> {
///     Some(User { id: 7 })
/// }
///
/// let limit = rate_limit::by("api", |user: &User, key| key.part(user.id.to_be_bytes()));
/// let stack = Stack::<()>::new().shield(user).shield(limit);
/// assert_eq!(stack.shields().len(), 2);
/// ```
///
/// # Panics
/// As [`by_address`].
pub fn by<T, F>(name: &str, key: F) -> RateLimit<By<T, F>>
where
    F: Fn(&T, KeyMaker) -> KeyMaker,
{
    RateLimit::new(name, By::new(key))
}

impl<B> RateLimit<B> {
    fn new(name: &str, by: B) -> Self {
        let is_named = Policy::window(name, 1, std::time::Duration::from_secs(1));
        assert!(
            is_named.is_ok(),
            "{}",
            is_named.map_err(|error| error.to_string()).err().unwrap_or_default()
        );
        Self {
            by,
            name: name.to_owned(),
            section: name.to_owned().into(),
            limiter: Needed::default(),
            made: OnceLock::new(),
            cost: 1,
            per_route: false,
        }
    }

    /// Counts each route and method apart, where one shield stands in front of several.
    ///
    /// ```
    /// use testudo_shields::rate_limit;
    ///
    /// let limit = rate_limit::by_address("api").per_route();
    /// assert!(format!("{limit:?}").contains("per_route: true"));
    /// ```
    #[must_use]
    pub fn per_route(self) -> Self {
        Self { per_route: true, ..self }
    }

    /// How much a request takes of the limit. Defaults to 1. With more than passes at once, none ever does.
    ///
    /// ```
    /// use testudo_shields::rate_limit;
    ///
    /// let limit = rate_limit::by_address("api").cost(10);
    /// assert!(format!("{limit:?}").contains("cost: 10"));
    /// ```
    #[must_use]
    pub fn cost(self, cost: u32) -> Self {
        Self { cost, ..self }
    }

    fn made(&self, settings: &RateLimitSettings) -> Result<&Made, Fail> {
        if let Some(made) = self.made.get() {
            return Ok(made);
        }
        let policy = settings.policy().with_name(&self.name).map_err(Fail::bug)?;
        let field = fields::policy(&policy);
        Ok(self.made.get_or_init(|| Made { policy, field }))
    }

    /// Decides about a request with this key.
    async fn decide(&self, request: &mut ShieldContext, key: KeyMaker) -> Verdict<()> {
        let key = if self.per_route { by::route(request, key) } else { key };
        match self.ask(request, &key.make()).await {
            Ok(verdict) => verdict,
            Err(fail) => Verdict::Fail(fail),
        }
    }

    async fn ask(&self, request: &mut ShieldContext, key: &Key) -> Result<Verdict<()>, Fail> {
        let settings = self.section.get().ok_or_else(|| Fail::bug(self.section.unread()))?;
        let Made { policy, field } = self.made(settings)?;
        let limiter = self.limiter.get();
        let decided = limiter.decide_or(policy, key, self.cost, settings.when_down()).await;
        let decision = decided.map_err(Fail::unavailable)?;
        let headers = request.response_headers();
        headers.append(fields::POLICY, field.clone());
        if let Some(limit) = fields::limit(policy, &decision) {
            headers.append(fields::LIMIT, limit);
        }
        Ok(match decision.outcome {
            Outcome::Admitted | Outcome::Unchecked => Verdict::Pass(()),
            Outcome::Denied => Verdict::Block(Block::too_many_requests(decision.retry_after)),
            // Without `Retry-After`: it would pass at no time.
            Outcome::Never => Verdict::Block(
                Block::unworded()
                    .status(StatusCode::TOO_MANY_REQUESTS)
                    .detail("the request takes more than the limit allows at once"),
            ),
        })
    }

    /// The key of this kind of limit, so far.
    fn key(of: &str) -> KeyMaker {
        Key::of(KEY.0, KEY.1).part(of)
    }
}

impl<B: Send + Sync + 'static> Shield for RateLimit<B> {
    type Output = ();
    type Access = Protects;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::of::<Self>("Rate Limit")
            .needing(WantedSection::of(&self.section))
            .needing(self.limiter.clone())
    }
}

impl<L: Sync, S: Sync> Check<L, S> for RateLimit<Address> {
    async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
        match self.by.key(request, Self::key("address")) {
            Ok(key) => self.decide(request, key).await,
            Err(fail) => Verdict::Fail(fail),
        }
    }
}

impl<L: Sync, S: Sync> Check<L, S> for RateLimit<Route> {
    async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
        self.decide(request, Self::key("route")).await
    }
}

impl<L, S, I, T, F> Check<L, S, (I,)> for RateLimit<By<T, F>>
where
    L: Has<T, I> + Sync,
    S: Sync,
    T: 'static,
    F: Fn(&T, KeyMaker) -> KeyMaker + Send + Sync + 'static,
{
    async fn check(&self, request: &mut ShieldContext, passed: &L, _: &S) -> Verdict<()> {
        let key = self.by.key(passed.value(), Self::key("value"));
        self.decide(request, key).await
    }
}
