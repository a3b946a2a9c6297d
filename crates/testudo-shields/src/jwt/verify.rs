//! From the text of a token to what it says, in steps that ask nobody.

use std::time::SystemTime;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    claims::{self, Expectations},
    header::{self, Header},
    json,
    key::Key,
    refusal::Refusal,
    token::Token,
};

/// A token that has been taken apart; nothing in it is trusted yet.
#[derive(Debug)]
pub(super) struct Parts<'t> {
    pub(super) header: Header,
    /// What is signed (RFC 7515, section 5.1): the first two parts as they came.
    message: &'t str,
    claims: Vec<u8>,
    signature: Vec<u8>,
}

/// Takes a token apart: three parts of base64url without padding (RFC 7515, sections 2 and 7.1).
pub(super) fn take_apart<'t>(token: &'t str, typ: Option<&str>) -> Result<Parts<'t>, Refusal> {
    let (message, signature) = token.rsplit_once('.').ok_or(Refusal::NotAToken)?;
    let (header, claims) = message.split_once('.').ok_or(Refusal::NotAToken)?;
    // Strict: no padding, no whitespace, no other alphabet, no bits left over. A dot is of no alphabet, so that there
    // are three parts.
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::NotAToken);
    let (header, claims, signature) = (decode(header)?, decode(claims)?, decode(signature)?);
    let header = header::read(json::object(&header).ok_or(Refusal::Header)?, typ)?;
    Ok(Parts { header, message, claims, signature })
}

/// Checks the signature with these keys, and then what the token says.
pub(super) fn check<T: DeserializeOwned>(
    parts: &Parts<'_>,
    keys: &[Key],
    expected: &Expectations,
    now: SystemTime,
) -> Result<Token<T>, Refusal> {
    if keys.is_empty() {
        return Err(Refusal::NoSuchKey);
    }
    let message = parts.message.as_bytes();
    if !keys.iter().any(|key| key.verifies(parts.header.algorithm, message, &parts.signature)) {
        return Err(Refusal::Signature);
    }
    let members = json::object(&parts.claims).ok_or(Refusal::Claims)?;
    let registered = claims::check(&members, expected, now)?;
    let claims = T::deserialize(Value::Object(members)).map_err(|_| Refusal::ClaimsOfTheService)?;
    Ok(Token::new(registered, claims))
}
