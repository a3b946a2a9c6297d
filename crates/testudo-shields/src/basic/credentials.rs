//! What the field `Authorization` holds (RFC 7617, section 2; RFC 9110, section 11.4).

use base64::prelude::{BASE64_STANDARD, Engine};
use http::{HeaderMap, header};
use testudo_settings::Secret;
use unicode_normalization::UnicodeNormalization;

/// Longest name and password, in bytes, before they are normalised.
const NAME_MAX_BYTES: usize = 256;
const PASSWORD_MAX_BYTES: usize = 1_024;

/// Longest Base64 of both and the colon between them.
const ENCODED_MAX_BYTES: usize = (NAME_MAX_BYTES + 1 + PASSWORD_MAX_BYTES).div_ceil(3) * 4;

/// A name and a password, in NFC.
#[derive(Debug)]
pub(super) struct Credentials {
    pub(super) name: String,
    pub(super) password: Secret,
}

/// Why there are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoCredentials {
    /// Nobody tried.
    Missing,
    /// They cannot be read.
    Malformed,
}

impl Credentials {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, NoCredentials> {
        let mut fields = headers.get_all(header::AUTHORIZATION).iter();
        let field = fields.next().ok_or(NoCredentials::Missing)?;
        if fields.next().is_some() {
            return Err(NoCredentials::Malformed);
        }
        let text = field.to_str().map_err(|_| NoCredentials::Malformed)?;
        let (scheme, encoded) = text.split_once(' ').unwrap_or((text, ""));
        if !scheme.eq_ignore_ascii_case("basic") {
            // Somebody else's credential: another shield may look for it.
            return Err(NoCredentials::Missing);
        }
        Self::decode(encoded.trim_start_matches(' ')).ok_or(NoCredentials::Malformed)
    }

    fn decode(encoded: &str) -> Option<Self> {
        if encoded.len() > ENCODED_MAX_BYTES {
            return None;
        }
        let text = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
        // A name has no colon, a password may.
        let (name, password) = text.split_once(':')?;
        let fits = (1..=NAME_MAX_BYTES).contains(&name.len()) && password.len() <= PASSWORD_MAX_BYTES;
        if !fits || text.chars().any(char::is_control) {
            return None;
        }
        Some(Self { name: name.nfc().collect(), password: normalised(password) })
    }
}

/// A password as it is hashed: the same whichever way its letters are composed.
pub(super) fn normalised(password: &str) -> Secret {
    Secret::new(password.nfc().collect::<String>())
}
