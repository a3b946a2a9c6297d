//! The shield.

use std::fmt;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;
use testudo_core::{Block, Check, Clock, Decides, Fail, Passed, Shield, ShieldContext, ShieldInfo, Verdict};
use testudo_settings::{Section, WantedSection};

use super::{claim::Claim, settings::HmacSettings, signed::Signed};

/// Passes the content, as a [`Signed<T>`], that somebody with a secret of the section `[hmac.NAME]` has signed.
///
/// See [the module](super) for what it verifies, and in which order.
///
/// ```
/// use testudo::Shield;
/// use testudo_shields::hmac::{Hmac, hmac};
///
/// let shield: Hmac<Vec<u32>> = hmac("hooks.warehouse");
/// assert!(shield.info().decides());
/// ```
pub struct Hmac<T> {
    section: Section<HmacSettings>,
    clock: Clock,
    parse: fn(&Bytes) -> Result<T, Block>,
}

/// Passes the signed content as `T`, read from JSON: [`Passed<Signed<T>>`](Signed). The field `Content-Type` is not
/// signed and does not matter.
///
/// ```
/// use serde::Deserialize;
/// use testudo::Stack;
/// use testudo_shields::hmac::hmac;
///
/// #[derive(Deserialize)]
/// struct Push {}
///
/// let stack = Stack::<()>::new().shield(hmac::<Push>("hooks.github"));
/// let info = &stack.shields()[0];
/// assert_eq!((info.name(), info.decides()), ("Signature", true));
/// assert_eq!(info.passes().unwrap().short_name(), "Signed<Push>");
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn hmac<T: DeserializeOwned + Send + Sync + 'static>(
    section: impl Into<Section<HmacSettings>>,
) -> Hmac<T> {
    Hmac { section: section.into(), clock: Clock::system(), parse: json }
}

/// Passes the signed content as it came: [`Passed<Signed<Bytes>>`](Signed).
///
/// ```
/// use testudo::Stack;
/// use testudo_shields::hmac::hmac_bytes;
///
/// let stack = Stack::<()>::new().shield(hmac_bytes("hooks.github"));
/// assert_eq!(stack.shields()[0].passes().unwrap().short_name(), "Signed<Bytes>");
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn hmac_bytes(section: impl Into<Section<HmacSettings>>) -> Hmac<Bytes> {
    Hmac { section: section.into(), clock: Clock::system(), parse: |content| Ok(content.clone()) }
}

impl<T> Hmac<T> {
    /// Judges signed times by this clock. Defaults to the system's.
    ///
    /// ```
    /// use testudo::{Clock, Stack};
    /// use testudo_shields::hmac::hmac_bytes;
    ///
    /// let noon = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_hours(12);
    /// let shield = hmac_bytes("hooks.billing").clock(Clock::from_fn(move || noon));
    /// assert!(format!("{shield:?}").contains("hooks.billing"));
    /// ```
    #[must_use]
    pub fn clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    async fn verify(&self, settings: &HmacSettings, request: &mut ShieldContext) -> Result<Signed<T>, Block> {
        let claim = Claim::of(request.headers(), &settings.scheme)?;
        // Before the content is read: whoever is late costs nothing.
        if let Some(seconds) = claim.seconds
            && self.clock.unix_seconds().abs_diff(seconds) > settings.tolerance.as_secs()
        {
            return Err(Block::unauthorized("the signature is too old, or from the future"));
        }
        let content = request.body().await?;
        if !settings.have_signed(&claim, &content) {
            return Err(Block::unauthorized("the signature is not that of this content"));
        }
        // Here, between the proof and the parser, is where a store would say whether the delivery is new.
        Ok(Signed::new((self.parse)(&content)?, claim.seconds))
    }
}

impl<T: Send + Sync + 'static> Shield for Hmac<T> {
    type Output = Passed<Signed<T>>;
    type Access = Decides;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::of::<Self>("Signature").needing(WantedSection::of(&self.section))
    }
}

impl<T: Send + Sync + 'static, L: Sync, S: Sync> Check<L, S> for Hmac<T> {
    async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<Signed<T>> {
        let Some(settings) = self.section.get() else {
            return Verdict::Fail(Fail::bug(self.section.unread()));
        };
        match self.verify(settings, request).await {
            Ok(signed) => Verdict::Pass(signed),
            Err(block) => Verdict::Block(block.or_status(StatusCode::UNAUTHORIZED)),
        }
    }
}

impl<T> fmt::Debug for Hmac<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hmac").field("section", &self.section).finish_non_exhaustive()
    }
}

/// The value in content that is known to be the sender's.
fn json<T: DeserializeOwned>(content: &Bytes) -> Result<T, Block> {
    serde_json::from_slice(content).map_err(|error| {
        let detail = format!("the content is signed, but not what is expected here: {error}");
        Block::unworded().status(StatusCode::UNPROCESSABLE_ENTITY).detail(detail)
    })
}
