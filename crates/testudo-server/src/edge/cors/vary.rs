//! Telling caches what a response depends on (RFC 9110, section 12.5.5).

use http::{HeaderMap, HeaderValue, header};

const ORIGIN: &str = "origin";
const PREFLIGHT: [&str; 2] = ["access-control-request-method", "access-control-request-headers"];

/// Adds what a response depends on to what its handler has said. A field of its own is the same list continued
/// (RFC 9110, section 5.3), and copies nothing.
pub(super) fn add(response: &mut HeaderMap, is_preflight: bool) {
    let value = match (has(response, ORIGIN), is_preflight) {
        (true, false) => return,
        (false, false) => HeaderValue::from_static(ORIGIN),
        (_, true) if PREFLIGHT.iter().all(|name| has(response, name)) && has(response, ORIGIN) => return,
        (_, true) => {
            HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers")
        }
    };
    response.append(header::VARY, value);
}

/// `*` has everything.
fn has(response: &HeaderMap, name: &str) -> bool {
    let fields = response.get_all(header::VARY).iter();
    fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b',')).any(|member| {
        let member = member.trim_ascii();
        member == b"*" || member.eq_ignore_ascii_case(name.as_bytes())
    })
}
