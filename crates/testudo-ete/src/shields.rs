//! The fixture's shields: one for every way in which a shield can end.

use std::time::Duration;

use axum::{body::Bytes, http::HeaderMap};
use schemars::JsonSchema;
use serde::Deserialize;
use testudo::{NamedSection, Secret, prelude::*};

/// Who has the token.
#[derive(Debug, Clone)]
pub(crate) struct User(pub(crate) &'static str);

/// The proof that the content was read.
#[derive(Debug, Clone)]
pub(crate) struct Read(pub(crate) usize);

/// Passes the user that owns the token.
#[shield(name = "API Token", decides, status = 401, detail = "Invalid API token")]
pub(crate) fn api_token(headers: &HeaderMap) -> Result<Option<User>, Block> {
    let token = headers.get("x-api-token").ok_or_else(Block::missing)?;
    Ok(match token.as_bytes() {
        b"ann" => Some(User("ann")),
        b"bob" => Some(User("bob")),
        _ => None,
    })
}

/// Passes nobody any more.
#[shield(name = "Spent", protects)]
pub(crate) fn spent() -> Result<Option<()>, Block> {
    Err(Block::too_many_requests(Duration::from_secs(7)))
}

/// Always fails, as when its store is down.
#[shield(name = "Broken", decides)]
pub(crate) fn broken() -> Result<Option<User>, testudo::BoxError> {
    Err("the store says: connection refused by 10.1.2.3".into())
}

/// Reads the content, whatever it is.
#[shield(name = "Reader", decides)]
pub(crate) fn reader(content: Bytes) -> Option<Read> {
    Some(Read(content.len()))
}

/// Somebody who calls with a key of their own: `[partner.acme]`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Partner {
    /// The key they send.
    key: Secret,
    /// How they are called in answers.
    #[serde(default)]
    label: Option<String>,
}

impl NamedSection for Partner {
    const KIND: &'static str = "partner";
}

/// The partner that the key belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Label(pub(crate) String);

/// Passes the partner of a section. A fixture need not compare keys in constant time.
#[shield(name = "Partner", decides, status = 401)]
pub(crate) fn partner(headers: &HeaderMap, #[section] partner: &Partner) -> Option<Label> {
    let is_theirs = headers.get("x-partner-key")?.as_bytes() == partner.key.expose().as_bytes();
    is_theirs.then(|| Label(partner.label.clone().unwrap_or_else(|| "a partner".to_owned())))
}
