//! What is stored of a key.

use std::{fmt, time::SystemTime};

use subtle::{Choice, ConstantTimeEq};

/// The digest of a key, and whether and until when it is good. Debug does not show the digest.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use testudo_shields::api_key::{ApiKey, StoredKey};
///
/// // A table may have columns for the public part, the digest, an end and a revocation.
/// let stored = ApiKey::new("shop").unwrap().stored();
/// let column = stored.digest();
/// let read = StoredKey::from_digest(&column).unwrap().expires(SystemTime::now() + Duration::from_hours(24));
/// assert_eq!(read.digest(), column);
/// assert!(!format!("{read:?}").contains(&column));
/// ```
#[derive(Clone)]
pub struct StoredKey {
    digest: [u8; 32],
    expires: Option<SystemTime>,
    is_revoked: bool,
}

/// A text is not the digest of a key: 64 hexadecimal digits.
///
/// ```
/// use testudo_shields::api_key::StoredKey;
///
/// assert!(StoredKey::from_digest("abc").unwrap_err().to_string().contains("64 hexadecimal digits"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct DigestError;

impl StoredKey {
    pub(super) fn of(digest: [u8; 32]) -> Self {
        Self { digest, expires: None, is_revoked: false }
    }

    /// A key by its digest, as [`digest`](Self::digest) gives it.
    ///
    /// # Errors
    /// If the text is none.
    ///
    /// ```
    /// # use testudo_shields::api_key::StoredKey;
    /// assert!(StoredKey::from_digest(&"0f".repeat(32)).is_ok());
    /// ```
    pub fn from_digest(text: &str) -> Result<Self, DigestError> {
        let digest = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        digest.map(Self::of).ok_or(DigestError)
    }

    /// It is good until then, and no longer. Defaults to no end.
    ///
    /// ```
    /// # use testudo_shields::api_key::StoredKey;
    /// use std::time::{Duration, SystemTime};
    ///
    /// // A second key has been made; the first one is good for another day.
    /// let first = StoredKey::from_digest(&"0f".repeat(32)).unwrap();
    /// let end = SystemTime::now() + Duration::from_hours(24);
    /// assert!(format!("{:?}", first.expires(end)).contains("expires: Some"));
    /// ```
    #[must_use]
    pub fn expires(self, at: SystemTime) -> Self {
        Self { expires: Some(at), ..self }
    }

    /// It is good for nothing any more.
    ///
    /// ```
    /// # use testudo_shields::api_key::StoredKey;
    /// let revoked = StoredKey::from_digest(&"0f".repeat(32)).unwrap().revoked();
    /// assert!(format!("{revoked:?}").contains("is_revoked: true"));
    /// ```
    #[must_use]
    pub fn revoked(self) -> Self {
        Self { is_revoked: true, ..self }
    }

    /// The digest to store, in 64 hexadecimal digits.
    ///
    /// ```
    /// # use testudo_shields::api_key::StoredKey;
    /// let text = "0f".repeat(32);
    /// assert_eq!(StoredKey::from_digest(&text).unwrap().digest(), text);
    /// ```
    pub fn digest(&self) -> String {
        hex::encode(self.digest)
    }

    /// Whether a key with this digest is this one, and is good now. Without a stored key none is, and it takes as long
    /// to say so.
    pub(super) fn admits(stored: Option<&Self>, digest: &[u8; 32], now: SystemTime) -> bool {
        let nobodys = Self::of([0; 32]);
        let key = stored.unwrap_or(&nobodys);
        let is_over = key.expires.is_some_and(|end| end <= now);
        let is_good = Choice::from(u8::from(stored.is_some() && !key.is_revoked && !is_over));
        (key.digest.ct_eq(digest) & is_good).into()
    }
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("expires", &self.expires)
            .field("is_revoked", &self.is_revoked)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a stored digest of a key is not 64 hexadecimal digits")
    }
}

impl std::error::Error for DigestError {}
