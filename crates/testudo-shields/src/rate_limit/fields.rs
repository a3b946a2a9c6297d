//! What a client is told: `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use testudo_store::{Decision, Outcome, Policy};

pub(super) const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
pub(super) const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What the policy allows: `q` units in `w` seconds.
pub(super) fn policy(policy: &Policy) -> HeaderValue {
    // A name of a policy needs no escapes in a string of Structured Fields (RFC 9651, section 3.3.3).
    value(format!(
        "\"{}\";q={};w={}",
        policy.name(),
        policy.quota(),
        whole_seconds(policy.window_length()).max(1)
    ))
}

/// What is left: `r` units, and `t` seconds until there are more. Of a refusal, `t` is `Retry-After`. Nothing where
/// nothing is known.
pub(super) fn limit(policy: &Policy, decision: &Decision) -> Option<HeaderValue> {
    let more = match decision.outcome {
        Outcome::Unchecked | Outcome::Never => return None,
        // With none left, the next one; with some, when all are back.
        Outcome::Denied => decision.retry_after,
        Outcome::Admitted if decision.remaining == 0 => decision.retry_after,
        Outcome::Admitted => decision.reset_after,
    };
    Some(value(format!("\"{}\";r={};t={}", policy.name(), decision.remaining, whole_seconds(more))))
}

/// Rounded up, as `Retry-After` is.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs().saturating_add(u64::from(duration.subsec_nanos() > 0))
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
