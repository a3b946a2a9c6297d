//! The billing provider: `X-Signature: t=SECONDS,v1=` and the HMAC of `SECONDS.CONTENT` in hexadecimal. The time is
//! signed, so a delivery that somebody has overheard is worth nothing a few minutes later.

use std::time::Duration;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue},
};
use bytes::Bytes;
use testudo::{Clock, prelude::*};

use super::{Signed, parse};
use crate::{Secrets, events::InvoicePaid};

/// How far the provider's clock and ours may be apart, and how long a delivery may take.
const TOLERANCE: Duration = Duration::from_mins(5);

/// The time and signature that a request claims to have. It proves nothing yet.
#[derive(Debug, Clone)]
pub struct BillingClaim {
    seconds: u64,
    mac: Vec<u8>,
}

/// Passes what the signature header says, if it is one and recent.
#[shield(
    name = "Billing Header",
    status = 401,
    detail = "`X-Signature` is not `t=SECONDS,v1=` and hexadecimal digits"
)]
pub fn billing_header(
    headers: &HeaderMap,
    State(clock): State<Clock>,
) -> Result<Option<BillingClaim>, Block> {
    let Some(header) = headers.get("x-signature") else {
        return Err(Block::missing().detail("the header `X-Signature` is missing"));
    };
    let Some(claim) = claim(header) else { return Ok(None) };
    if clock.unix_seconds().abs_diff(claim.seconds) > TOLERANCE.as_secs() {
        return Err(Block::unauthorized("the signature is too old, or from the future"));
    }
    Ok(Some(claim))
}

fn claim(header: &HeaderValue) -> Option<BillingClaim> {
    let (time, signature) = header.to_str().ok()?.split_once(',')?;
    let seconds = time.strip_prefix("t=")?.parse().ok()?;
    let mac = hex::decode(signature.strip_prefix("v1=")?).ok()?;
    Some(BillingClaim { seconds, mac })
}

/// Passes the event whose time and content the billing provider has signed.
#[shield(
    name = "Billing Signature",
    decides,
    status = 401,
    detail = "the signature is not that of this content"
)]
pub fn billing_signature(
    Passed(claim): Passed<BillingClaim>,
    State(secrets): State<Secrets>,
    content: Bytes,
) -> Result<Option<Signed<InvoicePaid>>, Block> {
    let time = claim.seconds.to_string();
    if !secrets.billing.has_signed(&[time.as_bytes(), b".", &content], &claim.mac) {
        return Ok(None);
    }
    let event: InvoicePaid = parse(&content)?;
    Ok(Some(Signed { delivery: event.id.as_str().into(), event: event.into() }))
}
