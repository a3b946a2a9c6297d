//! GitHub: `X-Hub-Signature-256: sha256=` and the HMAC of the content in hexadecimal.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use bytes::Bytes;
use testudo::prelude::*;

use super::{Signed, parse};
use crate::{Secrets, events::PushEvent};

const DELIVERY_MAX_BYTES: usize = 64;

/// The signature that a request claims to have. It proves nothing yet.
#[derive(Debug, Clone)]
pub struct GithubClaim(Vec<u8>);

/// Passes what the signature header says, if it is one.
#[shield(
    name = "GitHub Header",
    status = 401,
    detail = "`X-Hub-Signature-256` is not `sha256=` and hexadecimal digits"
)]
pub fn github_header(headers: &HeaderMap) -> Result<Option<GithubClaim>, Block> {
    let Some(header) = headers.get("x-hub-signature-256") else {
        return Err(Block::missing().detail("the header `X-Hub-Signature-256` is missing"));
    };
    let digits = header.as_bytes().strip_prefix(b"sha256=");
    Ok(digits.and_then(|digits| hex::decode(digits).ok()).map(GithubClaim))
}

/// Passes the push event whose content GitHub has signed.
#[shield(
    name = "GitHub Signature",
    decides,
    status = 401,
    detail = "the signature is not that of this content"
)]
pub fn github_signature(
    Passed(claim): Passed<GithubClaim>,
    State(secrets): State<Secrets>,
    headers: &HeaderMap,
    content: Bytes,
) -> Result<Option<Signed<PushEvent>>, Block> {
    if !secrets.github.has_signed(&[&content], &claim.0) {
        return Ok(None);
    }
    let text = |name| {
        headers.get(name).and_then(|value| value.to_str().ok()).ok_or_else(|| Block::missing_header(name))
    };
    let kind = text("x-github-event")?;
    if kind != "push" {
        let detail =
            format!("this hook takes `push` events, not `{kind}`: choose them in the settings of the hook");
        return Err(Block::unworded().status(StatusCode::UNPROCESSABLE_ENTITY).detail(detail));
    }
    // GitHub does not sign the id: whoever has a signed content can send it under another one. Work that must not be
    // done twice is made so that the second time changes nothing.
    let delivery = text("x-github-delivery")?;
    if delivery.is_empty() || delivery.len() > DELIVERY_MAX_BYTES {
        return Err(Block::missing_header("x-github-delivery"));
    }
    Ok(Some(Signed { delivery: delivery.into(), event: parse::<PushEvent>(&content)?.into() }))
}
