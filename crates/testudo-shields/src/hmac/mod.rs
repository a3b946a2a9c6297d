//! Signed webhooks: HMAC-SHA256 (RFC 2104) of the content, under a secret that is shared with whoever sends it.
//!
//! 1. The signature is read from its header: without one the request is blocked before its content is read. A
//!    header that is there twice is refused.
//! 2. A signed time has to be recent, within `tolerance` of the clock: `5m` unless the section says otherwise.
//! 3. The content is read, up to the limit of the route (axum's `DefaultBodyLimit`), and compared under every secret
//!    in constant time.
//! 4. Only then is it parsed. Signed content that does not fit is `422`; everything before is `401`.
//!
//! ```toml
//! [hmac.hooks.github]
//! preset = "github"
//! secrets = ["the new secret, with which GitHub signs", "the old one, until nothing comes under it any more"]
//!
//! [hmac.hooks.warehouse]
//! preset = "generic"
//! secrets = ["a secret of the warehouse"]
//! header = "X-Signature"
//! timestamp_header = "X-Signature-Time"
//! ```
//!
//! | `preset` | Signature | What is signed |
//! |---|---|---|
//! | `github` | `X-Hub-Signature-256: sha256=HEX` | the content |
//! | `stripe` | `Stripe-Signature: t=SECONDS,v1=HEX`, several `v1` while secrets are rotated | `SECONDS.CONTENT` |
//! | `slack` | `X-Slack-Signature: v0=HEX`, and `X-Slack-Request-Timestamp: SECONDS` | `v0:SECONDS:CONTENT` |
//! | `generic` | the field `header`: `prefix` and then HEX or BASE64 (`encoding`) | the content, or `SECONDS.CONTENT` with a `timestamp_header` |
//!
//! # Caveats
//!
//! Header fields beside the content are not signed: nothing may be decided by them that the content does not say.
//!
//! A delivery that is sent again passes again: for as long as `tolerance` where the time is signed, and for ever where
//! it is not (`github`). Work that must not be done twice is made so that the second time changes nothing.
//!
//! ```
//! use serde::Deserialize;
//! use testudo::prelude::*;
//! use testudo_shields::hmac::{Signed, hmac};
//!
//! #[derive(Deserialize)]
//! struct Push {
//!     #[serde(rename = "ref")]
//!     reference: String,
//! }
//!
//! async fn pushed(Passed(push): Passed<Signed<Push>>) -> String {
//!     push.reference.clone()
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let github = Stack::new().shield(hmac::<Push>("hooks.github"));
//! let routes: Router = Router::new().route("/hooks/github", github.post(pushed));
//!
//! let settings = [("hmac.hooks.github.preset", "github"), ("hmac.hooks.github.secrets", "what GitHub signs with")];
//! testudo::bind(&routes, settings).unwrap();
//! let service = testudo_testkit::TestService::start(routes, ()).await;
//!
//! let signature = "sha256=fcba9eadd37de2f328dc87c2b152b5eb3fae2d9c2d597f3fccc470c814bc7d79";
//! let call = || service.post("/hooks/github").body(r#"{"ref":"refs/heads/main"}"#);
//! call().header("x-hub-signature-256", signature).await.status(200).text("refs/heads/main");
//! call().header("x-hub-signature-256", &signature.replace('b', "a")).await.status(401);
//! call().await.status(401);
//! # });
//! ```

mod claim;
mod scheme;
mod settings;
mod shield;
mod signed;
#[cfg(test)]
mod tests;

pub use self::{
    settings::HmacSettings,
    shield::{Hmac, hmac, hmac_bytes},
    signed::Signed,
};
