//! The shield.

use std::{fmt, marker::PhantomData, sync::Arc};

use http::HeaderMap;
use serde::de::DeserializeOwned;
use testudo_core::{Block, Check, Clock, Decides, Fail, Passed, Shield, ShieldContext, ShieldInfo, Verdict};
use testudo_settings::{Section, WantedSection};

use super::{
    credential::token_of,
    keys::{JwtKeys, SharedKeys},
    refusal::Refusal,
    settings::{JwtSettings, Keys},
    token::Token,
    verify,
};

/// Passes requests with a token that holds by the section `[jwt.NAME]`, and the proof of it: a
/// [`Token`] with the claims `T`.
///
/// 1. No `Authorization`, or one of another scheme: `401` with `WWW-Authenticate: Bearer`, which
///    [`optional`](testudo_core::IntoShield::optional) turns into `None`.
/// 2. A token that does not hold, for whatever reason: `401` with `Bearer error="invalid_token"`. The client is not
///    told why; the log is, at the level `debug`.
/// 3. A key that may be there, at a key server that cannot be asked: a failure, `503`.
///
/// Call it once, and share the stack: every call has keys of its own.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_shields::jwt;
///
/// #[derive(serde::Deserialize)]
/// struct Customer {
///     plan: String,
/// }
///
/// let customers = Stack::<()>::new().shield(jwt::bearer::<Customer>("customers"));
/// let info = &customers.shields()[0];
/// assert_eq!((info.name(), info.decides()), ("JWT", true));
/// assert_eq!(info.passes().unwrap().short_name(), "Token<Customer>");
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn bearer<T>(section: impl Into<Section<JwtSettings>>) -> Bearer<T> {
    Bearer { keys: SharedKeys::new(section.into(), Clock::system()), claims: PhantomData }
}

/// The shield that [`bearer`] makes.
///
/// ```
/// use testudo_shields::jwt;
///
/// #[derive(serde::Deserialize)]
/// struct Customer {}
///
/// let shield: jwt::Bearer<Customer> = jwt::bearer("customers");
/// assert!(format!("{shield:?}").contains("customers"));
/// ```
pub struct Bearer<T> {
    keys: Arc<SharedKeys>,
    claims: PhantomData<fn() -> T>,
}

impl<T> Bearer<T> {
    /// Tells the time by this clock. Defaults to the system's.
    ///
    /// ```
    /// use testudo_shields::jwt;
    /// use testudo_testkit::MockClock;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Customer {}
    ///
    /// let shield = jwt::bearer::<Customer>("customers").clock(MockClock::default().clock());
    /// assert!(format!("{shield:?}").contains("customers"));
    /// ```
    #[must_use = "a shield guards nothing until it is stacked"]
    pub fn clock(self, clock: Clock) -> Self {
        Self { keys: SharedKeys::new(self.keys.section.clone(), clock), ..self }
    }

    /// Its keys, for a readiness check.
    ///
    /// ```
    /// use testudo_shields::jwt;
    /// # #[derive(serde::Deserialize)]
    /// # struct Customer {}
    ///
    /// let keys = jwt::bearer::<Customer>("customers").keys();
    /// assert!(format!("{keys:?}").contains("customers"));
    /// ```
    pub fn keys(&self) -> JwtKeys {
        JwtKeys(Arc::clone(&self.keys))
    }
}

impl<T: DeserializeOwned> Bearer<T> {
    pub(super) async fn decide(&self, settings: &JwtSettings, headers: &HeaderMap) -> Verdict<Token<T>> {
        let token = match token_of(headers) {
            Ok(Some(token)) => token,
            Ok(None) => return Verdict::Block(missing()),
            Err(refusal) => return refuse(refusal, settings),
        };
        let parts = match verify::take_apart(token, settings.typ.as_deref()) {
            Ok(parts) => parts,
            Err(refusal) => return refuse(refusal, settings),
        };
        let (kid, algorithm) = (parts.header.kid.as_deref(), parts.header.algorithm);
        let keys = match &settings.keys {
            Keys::Here(keys) => keys.candidates(kid, algorithm),
            Keys::Elsewhere(source) => match self.keys.server(source).keys(kid, algorithm).await {
                Ok(keys) => keys,
                Err(error) => return Verdict::Fail(Fail::unavailable(error)),
            },
        };
        match verify::check(&parts, &keys, &settings.expected, self.keys.clock.now()) {
            Ok(token) => Verdict::Pass(token),
            Err(refusal) => refuse(refusal, settings),
        }
    }
}

impl<T: Send + Sync + 'static> Shield for Bearer<T> {
    type Output = Passed<Token<T>>;
    type Access = Decides;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::of::<Self>("JWT").needing(WantedSection::of(&self.keys.section))
    }
}

impl<L: Sync, S: Sync, T: DeserializeOwned + Send + Sync + 'static> Check<L, S> for Bearer<T> {
    async fn check(&self, request: &mut ShieldContext, _passed: &L, _state: &S) -> Verdict<Token<T>> {
        match self.keys.section.get() {
            Some(settings) => self.decide(settings, request.headers()).await,
            None => Verdict::Fail(Fail::bug(self.keys.section.unread())),
        }
    }
}

impl<T> fmt::Debug for Bearer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bearer").field("section", &self.keys.section).finish_non_exhaustive()
    }
}

/// RFC 6750, section 3.1: to a request without credentials, no error is told.
fn missing() -> Block {
    Block::missing()
        .status(http::StatusCode::UNAUTHORIZED)
        .detail("a bearer token is required")
        .challenge("Bearer")
}

/// One answer for all that can be wrong: whoever forges tokens learns nothing from it.
fn refuse<T>(refusal: Refusal, settings: &JwtSettings) -> Verdict<T> {
    tracing::debug!(issuer = settings.issuer(), reason = refusal.reason(), "a token is refused");
    Verdict::Block(Block::unauthorized("the token is not valid").challenge("Bearer error=\"invalid_token\""))
}
