//! Whose key?

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, header},
};
use testudo::{Clock, prelude::*};

use crate::store::{Plan, Store, StoredKey};

/// The proof that a request carries a valid API key. Only [`api_key()`] makes it.
#[derive(Debug, Clone)]
pub struct ApiKey {
    prefix: Arc<str>,
    stored: Arc<StoredKey>,
}

impl ApiKey {
    /// The part that is not secret: names the key in lists, logs and limits.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whose key it is.
    pub fn tenant(&self) -> &str {
        &self.stored.tenant
    }

    /// What it pays for.
    pub fn plan(&self) -> Plan {
        self.stored.plan
    }

    /// What it may do.
    pub fn scopes(&self) -> &[&'static str] {
        &self.stored.scopes
    }
}

const INVALID: &str = r#"Bearer error="invalid_token""#;

/// Passes the API key in `Authorization: Bearer PREFIX.SECRET` (RFC 6750, sections 2.1 and 3.1).
#[shield(name = "API Key", decides, status = 401, detail = "this API key is not valid", challenge = INVALID)]
pub fn api_key(
    headers: &HeaderMap,
    State(store): State<Store>,
    State(clock): State<Clock>,
) -> Result<Option<ApiKey>, Block> {
    let Some(token) = bearer(headers) else {
        // Without a credential there is nothing to call invalid.
        return Err(Block::missing()
            .detail("send an API key as `Authorization: Bearer PREFIX.SECRET`")
            .challenge("Bearer"));
    };
    let Some((prefix, secret)) = token.split_once('.') else { return Ok(None) };
    let Some(stored) = store.key(prefix).filter(|stored| stored.has_secret(secret)) else { return Ok(None) };
    // Only whoever knows the secret learns that there was such a key.
    if stored.expires_at <= clock.now() {
        return Err(Block::unauthorized("this API key has expired"));
    }
    Ok(Some(ApiKey { prefix: prefix.into(), stored }))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim_start())
}
