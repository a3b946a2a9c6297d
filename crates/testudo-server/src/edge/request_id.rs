//! What a request is called.

use http::{HeaderMap, HeaderName};
use testudo_core::RequestId;

use super::{TraceContext, has};

/// The field in which clients name a request and responses repeat the name.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Takes over the one well-formed `X-Request-ID` of a request. Otherwise the id of its trace is its name, so that
/// there is one less to search for.
pub(crate) fn request_id(headers: &HeaderMap, trace: &TraceContext) -> RequestId {
    given(headers).unwrap_or_else(|| {
        RequestId::parse(trace.trace_id_hex().as_bytes()).expect("hexadecimal digits are well-formed")
    })
}

fn given(headers: &HeaderMap) -> Option<RequestId> {
    if !has(headers, &X_REQUEST_ID) {
        return None;
    }
    let mut ids = headers.get_all(X_REQUEST_ID).iter();
    let only = ids.next().filter(|_| ids.next().is_none());
    only.and_then(|id| RequestId::parse(id.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_well_formed_id_is_taken_over_and_anything_else_is_not() {
        let long = "x".repeat(129);
        let cases: [(&str, &[&str], Option<&str>); 8] = [
            ("well-formed", &["a1b2-c3"], Some("a1b2-c3")),
            ("every kind of character", &["aZ09-._~"], Some("aZ09-._~")),
            ("none", &[], None),
            ("empty", &[""], None),
            ("two words", &["two words"], None),
            ("too long", &[&long], None),
            ("markup", &["<script>"], None),
            ("several fields", &["one", "two"], None),
        ];
        for (name, fields, taken_over) in cases {
            let mut headers = HeaderMap::new();
            for field in fields {
                headers.append(X_REQUEST_ID, field.parse().unwrap());
            }
            let trace = TraceContext::of(&headers);
            let id = request_id(&headers, &trace);
            let trace_id = trace.trace_id_hex();
            assert_eq!(id.as_str(), taken_over.unwrap_or(trace_id.as_str()), "{name}");
        }
    }
}
