//! New keys.

use std::fmt;

use testudo_settings::Secret;

use super::{
    presented::{Presented, checksum, is_prefix},
    stored::StoredKey,
};

/// Bytes of the name and of the secret.
const NAME_BYTES: usize = 8;
const SECRET_BYTES: usize = 32;

/// A new key: shown once, to whoever gets it, and stored as a digest.
///
/// Debug shows the public part alone.
///
/// ```
/// use testudo_shields::api_key::ApiKey;
///
/// let key = ApiKey::new("shop").unwrap();
/// let (public, stored) = (key.public().to_owned(), key.stored());
/// assert_eq!(format!("{key:?}"), format!("ApiKey({public:?})"));
///
/// let text = key.expose(); // and from now on nobody here knows it
/// assert!(text.starts_with(&public) && !stored.digest().contains(&text[public.len()..]));
/// ```
pub struct ApiKey {
    text: Secret,
    public_bytes: usize,
}

/// A key cannot be made.
///
/// ```
/// use testudo_shields::api_key::ApiKey;
///
/// let error = ApiKey::new("Shop").unwrap_err().to_string();
/// assert!(error.starts_with("`Shop` is no prefix: write 1 to 32"), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyError(String);

impl ApiKey {
    /// A key under this prefix, with a name and a secret from the system's random source.
    ///
    /// # Errors
    /// If the prefix is none, or the system gives no randomness.
    ///
    /// ```
    /// use testudo_shields::api_key::ApiKey;
    ///
    /// let (one, other) = (ApiKey::new("shop_live").unwrap(), ApiKey::new("shop_live").unwrap());
    /// assert!(one.public().starts_with("shop_live_") && one.public() != other.public());
    /// ```
    pub fn new(prefix: &str) -> Result<Self, ApiKeyError> {
        if !is_prefix(prefix) {
            return Err(ApiKeyError(no_prefix(prefix)));
        }
        let mut random = [0; NAME_BYTES + SECRET_BYTES];
        getrandom::fill(&mut random).map_err(|error| ApiKeyError(error.to_string()))?;
        let (name, secret) = random.split_at(NAME_BYTES);
        let public = format!("{prefix}_{}", hex::encode(name));
        let body = format!("{public}_{}", hex::encode(secret));
        let text = format!("{body}{}", checksum(&body));
        Ok(Self { text: Secret::new(text), public_bytes: public.len() })
    }

    /// What it is looked up by: prefix and name. It may be shown, stored and logged.
    pub fn public(&self) -> &str {
        &self.text.expose()[..self.public_bytes]
    }

    /// What is stored of it: neither revoked nor with an end.
    pub fn stored(&self) -> StoredKey {
        StoredKey::of(Presented::digest_of(self.text.expose()))
    }

    /// The key itself, once. Never log it.
    pub fn expose(self) -> String {
        self.text.expose().to_owned()
    }
}

/// What is wrong with a prefix.
pub(super) fn no_prefix(prefix: &str) -> String {
    format!(
        "`{prefix}` is no prefix: write 1 to 32 letters from a to z, digits and `_`, a letter first and no `_` last"
    )
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ApiKey").field(&self.public()).finish()
    }
}

impl fmt::Display for ApiKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ApiKeyError {}
