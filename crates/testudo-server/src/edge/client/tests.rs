use http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::{cases, *};

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";
const HOST: &str = "x-forwarded-host";
const FORWARDED: &str = "forwarded";

fn proxies(header: ForwardedHeader) -> TrustedProxies {
    let mut settings = ProxySettings::default();
    let networks = ["10.0.0.0/8", "2001:db8:ffff::/48", "::ffff:192.168.0.0/112"];
    settings.trusted = networks.iter().map(|network| network.parse().unwrap()).collect();
    settings.header = header;
    TrustedProxies::from_settings(&settings).unwrap()
}

fn headers<V: AsRef<[u8]>>(fields: &[(&str, V)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_ref()).unwrap());
    }
    headers
}

/// A case's request: its peer and its fields.
fn request(text: &str) -> (IpAddr, HeaderMap) {
    let mut parts = text.split(" | ");
    let peer = parts.next().unwrap().parse().unwrap();
    let fields: Vec<_> = parts
        .map(|field| match field.split_once(": ").unwrap() {
            ("For", value) => (FOR, value),
            ("Proto", value) => (PROTO, value),
            ("Host", value) => (HOST, value),
            ("Forwarded", value) => (FORWARDED, value),
            (other, _) => panic!("no such field: {other}"),
        })
        .collect();
    (peer, headers(&fields))
}

fn check(header: ForwardedHeader, cases: &[cases::Case]) {
    let proxies = proxies(header);
    for (name, text, expected) in cases {
        let (peer, headers) = request(text);
        let client = proxies.client(peer, &headers);
        let secure = client.secure.map_or("", |secure| if secure { " over TLS" } else { " in the clear" });
        let host = client.host.map(|host| format!(" for {host}")).unwrap_or_default();
        assert_eq!(format!("{}{secure}{host}", client.ip), *expected, "{name}");
    }
}

#[test]
fn x_forwarded_for_is_walked_from_the_right_to_the_first_address_that_is_no_proxy() {
    check(ForwardedHeader::XForwardedFor, cases::X_FORWARDED_FOR);
}

#[test]
fn forwarded_is_walked_from_the_right_to_the_first_address_that_is_no_proxy() {
    check(ForwardedHeader::Forwarded, cases::FORWARDED);
}

#[test]
fn work_is_bounded_and_ends_at_the_last_address_known() {
    let proxies = proxies(ForwardedHeader::XForwardedFor);
    let peer = "10.0.0.1".parse().unwrap();
    let chain = |len: u8| (2..2 + len).map(|n| format!("10.0.0.{n}")).rev().collect::<Vec<_>>().join(",");

    let fields = headers(&[(FOR, format!("203.0.113.7,{}", chain(31)))]);
    assert_eq!(proxies.client(peer, &fields).ip.to_string(), "203.0.113.7", "the 32nd hop");
    let fields = headers(&[(FOR, format!("203.0.113.7,{}", chain(32)))]);
    assert_eq!(proxies.client(peer, &fields).ip.to_string(), "10.0.0.33", "beyond 32 hops");

    let blanks = " ".repeat(8 * 1_024);
    let fields = headers(&[(FOR, format!("203.0.113.7{blanks}x,10.0.0.2"))]);
    assert_eq!(proxies.client(peer, &fields).ip.to_string(), "10.0.0.2", "beyond 8 KiB");
    let proxies = self::proxies(ForwardedHeader::Forwarded);
    let fields = headers(&[(FORWARDED, format!("for=203.0.113.7{blanks},for=10.0.0.2"))]);
    assert_eq!(proxies.client(peer, &fields).ip.to_string(), "10.0.0.2", "beyond 8 KiB");
}

/// What a client may put in front: anything a field value can hold, with a liking for what parsers look for.
fn prepended() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"\"".to_vec()),
        Just(b"\\".to_vec()),
        Just(b",".to_vec()),
        Just(b";".to_vec()),
        Just(b"=".to_vec()),
        Just(b"for=10.0.0.9".to_vec()),
        Just(b"10.0.0.9".to_vec()),
        Just(b"for=\"".to_vec()),
        Just(b"https".to_vec()),
        Just(b"proto=https".to_vec()),
        proptest::collection::vec(prop_oneof![Just(b'\t'), 32..127_u8, 128..=255_u8], 0..8),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// What two trusted proxies write, in any of the ways they may.
fn written() -> impl Strategy<Value = String> {
    let client = prop_oneof![
        Just("for=203.0.113.7"),
        Just("for=\"203.0.113.7:4711\""),
        Just("for=\"[2001:db8::7]\";proto=https;host=\"a.example:1\""),
        Just(r#"ext="\\\",";for=203.0.113.7;proto=http"#),
        Just("for=_hidden;proto=http"),
        Just("for=unknown"),
    ];
    let proxy =
        prop_oneof![Just(""), Just(", for=10.0.0.2;proto=http"), Just(", for=\"10.0.0.2:1\";x=\"a,\\\"b\"")];
    (client, proxy).prop_map(|(client, proxy)| format!("{client}{proxy}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_client_prepends_to_forwarded_changes_nothing(
        prefix in prepended(), written in written(), own_field: bool,
    ) {
        let proxies = proxies(ForwardedHeader::Forwarded);
        let peer = "10.0.0.1".parse().unwrap();
        let alone = headers(&[(FORWARDED, written.as_bytes())]);
        let with = if own_field {
            headers(&[(FORWARDED, prefix.as_slice()), (FORWARDED, written.as_bytes())])
        } else {
            headers(&[(FORWARDED, [prefix.as_slice(), b", ", written.as_bytes()].concat())])
        };
        prop_assert_eq!(proxies.client(peer, &with), proxies.client(peer, &alone));
    }

    #[test]
    fn what_a_client_prepends_to_x_forwarded_for_changes_nothing(
        prefix in prepended(), proto in prepended(), two_proxies: bool, own_field: bool,
    ) {
        let (chain, protos) = if two_proxies {
            ("203.0.113.7, 10.0.0.2", "https, http")
        } else {
            ("203.0.113.7", "http")
        };
        let behind = |prefix: &[u8], own: &str| [prefix, b", ", own.as_bytes()].concat();
        let proxies = proxies(ForwardedHeader::XForwardedFor);
        let peer = "10.0.0.1".parse().unwrap();
        let alone = headers(&[(FOR, chain), (PROTO, protos)]);
        let with = if own_field {
            headers(&[(FOR, &prefix[..]), (FOR, chain.as_bytes()), (PROTO, &proto[..]), (PROTO, protos.as_bytes())])
        } else {
            headers(&[(FOR, behind(&prefix, chain)), (PROTO, behind(&proto, protos))])
        };
        prop_assert_eq!(proxies.client(peer, &with), proxies.client(peer, &alone));
    }
}
