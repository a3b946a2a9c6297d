//! The key in a request.

use http::{HeaderMap, HeaderName, header};
use sha2::{Digest, Sha256};

/// Digits of the name, the secret and the checksum.
const NAME_DIGITS: usize = 16;
const SECRET_DIGITS: usize = 64;
const CHECKSUM_DIGITS: usize = 8;

const PREFIX_MAX_BYTES: usize = 32;

/// A key that has the form of one. It proves nothing yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Presented<'r> {
    /// What it is looked up by.
    pub(super) public: &'r str,
    pub(super) digest: [u8; 32],
}

/// Why there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// Nobody tried.
    Missing,
    /// It is none of ours.
    Malformed,
}

impl<'r> Presented<'r> {
    /// The key under this prefix in this field; in `Authorization` behind `Bearer` (RFC 6750, section 2.1).
    pub(super) fn of(headers: &'r HeaderMap, field: &HeaderName, prefix: &str) -> Result<Self, NoKey> {
        let mut fields = headers.get_all(field).iter();
        let value = fields.next().ok_or(NoKey::Missing)?;
        if fields.next().is_some() {
            return Err(NoKey::Malformed);
        }
        let text = value.to_str().map_err(|_| NoKey::Malformed)?;
        if field != header::AUTHORIZATION {
            return Self::parse(text, prefix).ok_or(NoKey::Malformed);
        }
        let (scheme, key) = text.split_once(' ').unwrap_or((text, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            // Somebody else's credential: another shield may look for it.
            return Err(NoKey::Missing);
        }
        Self::parse(key.trim_start_matches(' '), prefix).ok_or(NoKey::Malformed)
    }

    /// `PREFIX_NAME_SECRETCHECKSUM`, with a checksum that is right.
    fn parse(text: &'r str, prefix: &str) -> Option<Self> {
        let (name, secret) = text.strip_prefix(prefix)?.strip_prefix('_')?.split_once('_')?;
        let are_digits = |text: &str, count| {
            text.len() == count && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        if !are_digits(name, NAME_DIGITS) || !are_digits(secret, SECRET_DIGITS + CHECKSUM_DIGITS) {
            return None;
        }
        let (body, sum) = text.split_at(text.len() - CHECKSUM_DIGITS);
        let public = &body[..body.len() - SECRET_DIGITS - 1];
        (checksum(body) == sum).then(|| Self { public, digest: Self::digest_of(text) })
    }

    /// What is stored of a key: the digest of all of it, so that a secret is worth nothing under another name.
    pub(super) fn digest_of(text: &str) -> [u8; 32] {
        Sha256::digest(text.as_bytes()).into()
    }
}

/// Tells a typing mistake before anything is looked up, and a scanner what is a key. It is no secret, and no part of
/// the digest that is stored.
pub(super) fn checksum(body: &str) -> String {
    let digest = Sha256::new().chain_update(b"testudo api key checksum ").chain_update(body).finalize();
    hex::encode(&digest[..CHECKSUM_DIGITS / 2])
}

/// Whether keys may begin with it.
pub(super) fn is_prefix(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase();
    let is_plain = |byte: u8| is_letter(byte) || byte.is_ascii_digit() || byte == b'_';
    (1..=PREFIX_MAX_BYTES).contains(&text.len())
        && text.bytes().all(is_plain)
        && text.bytes().next().is_some_and(is_letter)
        && !text.ends_with('_')
}
