//! Keys of programs: `shop_0123456789abcdef_..`, of which only a digest is stored.
//!
//! A key is the prefix of the service, which people and secret scanners know it by, 16 digits that name it, 64 digits
//! that are its secret of 256 random bits, and 8 digits that find typing mistakes. All but the secret and what follows
//! may be shown and logged: it is what the key is looked up by.
//!
//! 1. The key is read strictly from its header field. Without one, or with another scheme, it is missing; a field
//!    that is there twice or is malformed is refused.
//! 2. [`Keys`] looks it up. What cannot be looked up is a failure: `503`, and never a pass.
//! 3. SHA-256 of the whole key is compared in constant time. A key that nobody has costs the same: its digest is
//!    compared with one that nothing has.
//! 4. A key that is revoked or has expired is refused.
//!
//! Unknown, malformed, revoked and expired: the same `401`.
//!
//! ```toml
//! [api_key.partners]
//! prefix = "shop"
//! ```
//!
//! A fast hash is enough because the secret is random (RFC 4086): there is nothing to guess that people choose.
//!
//! To change a key, make a second one for the same owner and give the first an end, [`StoredKey::expires`]: both pass
//! until then.
//!
//! ```
//! use std::{collections::HashMap, sync::Arc};
//!
//! use testudo::{BoxError, prelude::*};
//! use testudo_shields::api_key::{ApiKey, Keyed, Keys, StoredKey, api_key};
//!
//! /// What is stored: here in memory, else in a database.
//! #[derive(Clone)]
//! struct Partners(Arc<HashMap<String, (StoredKey, &'static str)>>);
//!
//! impl Keys for Partners {
//!     type Owner = &'static str;
//!     type Error = BoxError;
//!
//!     async fn find(&self, public: &str) -> Result<Option<(StoredKey, &'static str)>, BoxError> {
//!         Ok(self.0.get(public).cloned())
//!     }
//! }
//!
//! async fn me(Passed(partner): Passed<Keyed<&'static str>>) -> &'static str {
//!     *partner
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let key = ApiKey::new("shop").unwrap();
//! let partners = Partners(Arc::new([(key.public().to_owned(), (key.stored(), "warehouse"))].into()));
//!
//! let partner = Stack::new().shield(api_key::<Partners>("partners"));
//! let routes: Router<Partners> = Router::new().route("/me", partner.get(me));
//! testudo::bind(&routes, [("api_key.partners.prefix", "shop")]).unwrap();
//!
//! let service = testudo_testkit::TestService::start(routes, partners).await;
//! service.get("/me").bearer(&key.expose()).await.status(200).text("warehouse");
//! service.get("/me").bearer(&ApiKey::new("shop").unwrap().expose()).await.status(401);
//! service.get("/me").await.status(401);
//! # });
//! ```

mod key;
mod keys;
mod presented;
mod proof;
mod settings;
mod shield;
mod stored;
#[cfg(test)]
mod tests;

pub use self::{
    key::{ApiKey, ApiKeyError},
    keys::Keys,
    proof::Keyed,
    settings::ApiKeySettings,
    shield::{ApiKeyAuth, api_key},
    stored::{DigestError, StoredKey},
};
