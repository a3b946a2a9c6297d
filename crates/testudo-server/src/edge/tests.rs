//! The questions in the order in which a request meets them, by the names that the pipeline uses.

use axum::extract::FromRequestParts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, Version};
use proptest::prelude::*;
use testudo_settings::{
    CorsSettings, ForwardedHeader, HeaderPreset, HeaderSettings, HostSettings, ProxySettings,
};

use super::{
    client::Client, cors::CorsRefusal, framing::FramingError, hosts::HostError, security_headers::Nonce,
    trace_context::Hex, *,
};

fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
    fields.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

fn proxies() -> TrustedProxies {
    let mut settings = ProxySettings::default();
    settings.trusted = vec!["10.0.0.0/8".parse().unwrap()];
    settings.header = ForwardedHeader::Forwarded;
    TrustedProxies::from_settings(&settings).unwrap()
}

#[test]
fn a_request_behind_a_proxy_is_known_by_its_client_trace_and_id() {
    let headers = headers(&[
        ("host", "api.example.com"),
        ("forwarded", "for=203.0.113.7;proto=https"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ]);
    let uri = Uri::from_static("/");
    let framing: Result<(), FramingError> = check_framing(Version::HTTP_11, &Method::GET, &uri, &headers);
    assert_eq!(framing, Ok(()));

    let trace = TraceContext::of(&headers);
    let trace_id: Hex<32> = trace.trace_id_hex();
    assert_eq!(request_id(&headers, &trace).as_str(), trace_id.as_str());

    let client: Client<'_> = proxies().client("10.0.0.1".parse().unwrap(), &headers);
    assert_eq!(client.secure, Some(true));

    let hosts = Hosts::from_settings(&HostSettings::default()).unwrap();
    let host: Result<Option<Host<'_>>, HostError> = hosts.check(Version::HTTP_11, &uri, &headers);
    assert_eq!(host.unwrap().unwrap().name, HostName::Name("api.example.com"));
}

#[test]
fn a_page_of_another_origin_is_refused_its_preflight() {
    let mut settings = CorsSettings::default();
    settings.origins = vec!["https://shop.example.com".to_owned()];
    let cors = Cors::from_settings(&settings).unwrap();
    let asked = headers(&[("origin", "https://evil.test"), ("access-control-request-method", "PUT")]);
    let decision: Decision = cors.decide(&Method::OPTIONS, &asked);
    let Decision::Refused(refusal) = decision else { panic!("{decision:?}") };
    let refusal: CorsRefusal = refusal;
    assert_eq!(refusal.detail(), "pages of this origin may not call the service");
}

#[tokio::test]
async fn a_page_s_script_and_its_policy_have_the_same_nonce() {
    let mut settings = HeaderSettings::default();
    settings.preset = HeaderPreset::Html;
    let made = SecurityHeaders::from_settings(&settings).unwrap();
    let nonce: Nonce = made.nonce().unwrap();
    let (mut parts, ()) = Request::new(()).into_parts();
    parts.extensions.insert(nonce.clone());

    let of_handler = CspNonce::from_request_parts(&mut parts, &()).await.unwrap();
    let mut response = headers(&[("content-type", "text/html")]);
    made.apply(StatusCode::OK, &mut response, true, Some(&nonce));

    let policy = response["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("'nonce-{of_handler}'")), "{policy}");
}

/// What a field can hold, with a liking for what parsers look for.
fn field() -> impl Strategy<Value = HeaderValue> {
    let byte = prop_oneof![
        proptest::sample::select(b"\",;=\\:[]. -_*0f\t".to_vec()),
        proptest::sample::select((32..127).chain(128..=255).collect::<Vec<u8>>()),
    ];
    proptest::collection::vec(byte, 0..80).prop_map(|bytes| HeaderValue::from_bytes(&bytes).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_fields_hold_is_decided_and_nothing_panics(fields in proptest::collection::vec(field(), 12)) {
        let names = [
            "host", "forwarded", "x-forwarded-for", "x-forwarded-proto", "traceparent", "tracestate", "origin",
            "access-control-request-method", "access-control-request-headers", "x-request-id", "content-length",
            "transfer-encoding",
        ];
        let headers: HeaderMap = names.map(HeaderName::from_static).into_iter().zip(fields).collect();
        let uri = Uri::from_static("/");
        let peer = "10.0.0.1".parse().unwrap();
        let mut settings = CorsSettings::default();
        settings.origins = vec!["https://*.example.com".to_owned()];
        let cors = Cors::from_settings(&settings).unwrap();

        let mut response = headers.clone();
        cors.apply(&cors.decide(&Method::OPTIONS, &headers), &mut response);
        prop_assert!(!response.contains_key("access-control-allow-origin"));
        let _ = check_framing(Version::HTTP_11, &Method::GET, &uri, &headers);
        let _ = Hosts::from_settings(&HostSettings::default()).unwrap().check(Version::HTTP_11, &uri, &headers);
        let _ = proxies().client(peer, &headers);
        prop_assert!(!request_id(&headers, &TraceContext::of(&headers)).as_str().is_empty());
    }
}
