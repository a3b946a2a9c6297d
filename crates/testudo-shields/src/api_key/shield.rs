//! The shield.

use std::{fmt, marker::PhantomData};

use axum::extract::FromRef;
use http::{StatusCode, header};
use testudo_core::{Block, Check, Clock, Decides, Fail, Passed, Shield, ShieldContext, ShieldInfo, Verdict};
use testudo_settings::{Section, WantedSection};

use super::{
    keys::Keys,
    presented::{NoKey, Presented},
    proof::Keyed,
    settings::ApiKeySettings,
    stored::StoredKey,
};

/// Every refusal says the same.
const DETAIL: &str = "a valid API key is needed";

/// Passes the owner of the key that a request has, as a [`Keyed<T>`].
///
/// See [the module](super) for what it verifies, and in which order.
///
/// ```
/// # use testudo::{BoxError, Shield};
/// # use testudo_shields::api_key::{ApiKeyAuth, Keys, StoredKey, api_key};
/// # struct Partners;
/// # impl Keys for Partners {
/// #     type Owner = u32;
/// #     type Error = BoxError;
/// #     async fn find(&self, _: &str) -> Result<Option<(StoredKey, u32)>, BoxError> { Ok(None) }
/// # }
/// let shield: ApiKeyAuth<Partners> = api_key("partners");
/// assert!(shield.info().decides());
/// ```
pub struct ApiKeyAuth<K> {
    section: Section<ApiKeySettings>,
    clock: Clock,
    keys: PhantomData<fn() -> K>,
}

/// Passes the owner of the key that a request has: [`Passed<Keyed<K::Owner>>`](Keyed). The `K` that looks keys up is
/// in the state of the stack. Which keys are meant is said by the section `[api_key.NAME]`.
///
/// ```
/// # use testudo::{BoxError, Stack};
/// # use testudo_shields::api_key::{Keys, StoredKey, api_key};
/// # #[derive(Clone)]
/// # struct Partners;
/// # impl Keys for Partners {
/// #     type Owner = u32;
/// #     type Error = BoxError;
/// #     async fn find(&self, _: &str) -> Result<Option<(StoredKey, u32)>, BoxError> { Ok(None) }
/// # }
/// let stack = Stack::<Partners>::new().shield(api_key::<Partners>("partners"));
/// let info = &stack.shields()[0];
/// assert_eq!((info.name(), info.decides()), ("API Key", true));
/// assert_eq!(info.passes().unwrap().short_name(), "Keyed<u32>");
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn api_key<K: Keys>(section: impl Into<Section<ApiKeySettings>>) -> ApiKeyAuth<K> {
    ApiKeyAuth { section: section.into(), clock: Clock::system(), keys: PhantomData }
}

impl<K: Keys> ApiKeyAuth<K> {
    /// Judges the ends of keys by this clock. Defaults to the system's.
    ///
    /// ```
    /// # use testudo::BoxError;
    /// # use testudo_shields::api_key::{Keys, StoredKey, api_key};
    /// # #[derive(Clone)]
    /// # struct Partners;
    /// # impl Keys for Partners {
    /// #     type Owner = u32;
    /// #     type Error = BoxError;
    /// #     async fn find(&self, _: &str) -> Result<Option<(StoredKey, u32)>, BoxError> { Ok(None) }
    /// # }
    /// let noon = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(12);
    /// let shield = api_key::<Partners>("partners").clock(testudo::Clock::from_fn(move || noon));
    /// assert!(format!("{shield:?}").contains("partners"));
    /// ```
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }
}

impl<K: Keys> Shield for ApiKeyAuth<K> {
    type Output = Passed<Keyed<K::Owner>>;
    type Access = Decides;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::of::<Self>("API Key").needing(WantedSection::of(&self.section))
    }
}

impl<K: Keys + FromRef<S>, L: Sync, S: Sync> Check<L, S> for ApiKeyAuth<K> {
    async fn check(&self, request: &mut ShieldContext, _: &L, state: &S) -> Verdict<Keyed<K::Owner>> {
        let Some(settings) = self.section.get() else {
            return Verdict::Fail(Fail::bug(self.section.unread()));
        };
        let refuse = |block: Block| {
            let worded = block.or_status(StatusCode::UNAUTHORIZED).detail(DETAIL);
            let is_bearer = settings.header == header::AUTHORIZATION;
            Verdict::Block(if is_bearer { worded.challenge("Bearer") } else { worded })
        };
        let presented = match Presented::of(request.headers(), &settings.header, &settings.prefix) {
            Ok(presented) => presented,
            Err(NoKey::Missing) => return refuse(Block::missing()),
            Err(NoKey::Malformed) => return refuse(Block::unworded()),
        };
        let found = match K::from_ref(state).find(presented.public).await {
            Ok(found) => found,
            // Also a block among its causes: who looks keys up does not decide.
            Err(error) => return Verdict::Fail(Fail::unavailable(error)),
        };
        let stored = found.as_ref().map(|(stored, _)| stored);
        let is_admitted = StoredKey::admits(stored, &presented.digest, self.clock.now());
        match found {
            Some((_, owner)) if is_admitted => Verdict::Pass(Keyed::new(presented.public, owner)),
            _ => refuse(Block::unworded()),
        }
    }
}

impl<K> fmt::Debug for ApiKeyAuth<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeyAuth").field("section", &self.section).finish_non_exhaustive()
    }
}
