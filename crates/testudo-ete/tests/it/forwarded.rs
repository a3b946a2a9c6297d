//! Who a client is, behind which proxies: what the service believes, as a route echoes it.

use crate::fixture::{Http2, Service, request};

/// Fields of a request whose peer, 127.0.0.1, is trusted like `10.0.0.0/8`; the client, and whether it spoke TLS.
type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str, bool);

const FOR: &str = "x-forwarded-for";
const PROTO: &str = "x-forwarded-proto";

const X_FORWARDED_FOR: &[Case] = &[
    ("no field", &[], "127.0.0.1", false),
    ("one hop", &[(FOR, "203.0.113.7")], "203.0.113.7", false),
    ("a made-up entry in front", &[(FOR, "1.2.3.4, 203.0.113.7")], "203.0.113.7", false),
    ("a made-up proxy in front", &[(FOR, "10.9.9.9, 203.0.113.7")], "203.0.113.7", false),
    ("two proxies", &[(FOR, "203.0.113.7, 10.0.0.2")], "203.0.113.7", false),
    ("two proxies and a made-up entry", &[(FOR, "1.2.3.4,203.0.113.7,10.0.0.2")], "203.0.113.7", false),
    ("two proxies in two fields", &[(FOR, "203.0.113.7"), (FOR, "10.0.0.2")], "203.0.113.7", false),
    ("proxies alone", &[(FOR, "10.0.0.3, 10.0.0.2")], "10.0.0.3", false),
    ("an IPv6 address", &[(FOR, "2001:db8::7")], "2001:db8::7", false),
    ("an IPv6 address with a port", &[(FOR, "[2001:db8::7]:4711")], "2001:db8::7", false),
    ("an IPv4 address with a port", &[(FOR, "203.0.113.7:4711")], "203.0.113.7", false),
    ("a mapped address", &[(FOR, "::ffff:203.0.113.7")], "203.0.113.7", false),
    ("a mapped address of a proxy", &[(FOR, "203.0.113.7, ::ffff:10.0.0.2")], "203.0.113.7", false),
    ("garbage", &[(FOR, "garbage")], "127.0.0.1", false),
    ("garbage behind a client", &[(FOR, "203.0.113.7, garbage")], "127.0.0.1", false),
    ("garbage before a proxy", &[(FOR, "garbage, 10.0.0.2")], "10.0.0.2", false),
    ("unknown", &[(FOR, "203.0.113.7, unknown")], "127.0.0.1", false),
    ("an empty field", &[(FOR, "")], "127.0.0.1", false),
    ("leading zeros", &[(FOR, "203.0.113.007")], "127.0.0.1", false),
    ("an injected line", &[(FOR, "203.0.113.7\\r\\nX-Admin: 1")], "127.0.0.1", false),
    ("a script", &[(FOR, "<script>alert(1)</script>")], "127.0.0.1", false),
    ("the other field", &[("forwarded", "for=203.0.113.7;proto=https")], "127.0.0.1", false),
    (
        "fields that nobody reads",
        &[("x-real-ip", "1.2.3.4"), ("cf-connecting-ip", "1.2.3.4")],
        "127.0.0.1",
        false,
    ),
    ("TLS", &[(FOR, "203.0.113.7"), (PROTO, "https")], "203.0.113.7", true),
    ("no TLS", &[(FOR, "203.0.113.7"), (PROTO, "http")], "203.0.113.7", false),
    (
        "a made-up TLS in front",
        &[(FOR, "1.2.3.4, 203.0.113.7"), (PROTO, "https, http")],
        "203.0.113.7",
        false,
    ),
    ("another scheme", &[(FOR, "203.0.113.7"), (PROTO, "gopher")], "203.0.113.7", false),
];

const FORWARDED: &[Case] = &[
    ("no field", &[], "127.0.0.1", false),
    ("one hop", &[("forwarded", "for=203.0.113.7")], "203.0.113.7", false),
    (
        "all parameters",
        &[("forwarded", "by=_p;for=203.0.113.7;host=a.example;proto=https")],
        "203.0.113.7",
        true,
    ),
    ("a quoted IPv6 address", &[("forwarded", "for=\"[2001:db8::7]:4711\"")], "2001:db8::7", false),
    (
        "a made-up hop in front",
        &[("forwarded", "for=1.2.3.4;proto=https, for=203.0.113.7")],
        "203.0.113.7",
        false,
    ),
    ("two proxies", &[("forwarded", "for=203.0.113.7;proto=https, for=10.0.0.2")], "203.0.113.7", true),
    ("two fields", &[("forwarded", "for=203.0.113.7"), ("forwarded", "for=10.0.0.2")], "203.0.113.7", false),
    ("an open quote", &[("forwarded", "for=\"1.2.3.4, for=203.0.113.7")], "203.0.113.7", false),
    ("a parameter twice", &[("forwarded", "for=203.0.113.7;for=1.2.3.4")], "127.0.0.1", false),
    ("a made-up name", &[("forwarded", "for=_gazonk")], "127.0.0.1", false),
    ("the other field", &[(FOR, "203.0.113.7"), (PROTO, "https")], "127.0.0.1", false),
];

#[track_caller]
fn check(config: &str, cases: &[Case]) {
    let service = Service::start(config);
    let mut one = service.connect();
    let mut two = Http2::connect(service.public);
    for (name, fields, client, secure) in cases {
        for (protocol, response) in [
            ("HTTP/1.1", one.call("GET", "/client", fields, b"")),
            ("HTTP/2", two.send(request("GET", "/client", "localhost", fields, b""))),
        ] {
            assert_eq!(response.text(), *client, "{name} over {protocol}");
            let hsts = response.field("strict-transport-security");
            assert_eq!(hsts.is_some(), *secure, "{name} over {protocol}");
            // One truth: the log says the same.
            assert_eq!(
                service.log.access(response.id())["client.address"],
                *client,
                "{name} over {protocol}"
            );
        }
    }
}

#[test]
fn the_client_is_the_first_address_from_the_right_that_is_no_proxys() {
    check("proxies.trusted = [\"127.0.0.0/8\", \"10.0.0.0/8\"]\n", X_FORWARDED_FOR);
}

#[test]
fn the_standard_field_is_read_where_it_is_configured() {
    check("proxies.trusted = [\"127.0.0.0/8\", \"10.0.0.0/8\"]\nproxies.header = \"forwarded\"\n", FORWARDED);
}

#[test]
fn whoever_is_no_proxy_gains_nothing_by_any_of_it() {
    let nobody = |cases: &[Case]| -> Vec<Case> {
        cases.iter().map(|(name, fields, ..)| (*name, *fields, "127.0.0.1", false)).collect()
    };
    check("", &nobody(X_FORWARDED_FOR));
    check("proxies.trusted = [\"10.0.0.0/8\"]\nproxies.header = \"forwarded\"\n", &nobody(FORWARDED));
}
