//! Which pages may call the service, as a browser sees it.

use crate::fixture::{Client, Http2, Response, Service, request};

const CONFIG: &str = r#"
cors.origins = ["https://shop.example.com", "https://*.example.org", "http://localhost:3000"]
cors.credentials = true
"#;

const ALLOWED: [&str; 6] = [
    "https://shop.example.com",
    "https://a.example.org",
    "https://a.b.c.example.org",
    "https://xn--bcher-kva.example.org",
    "https://a-b_c.example.org",
    "http://localhost:3000",
];

const REFUSED: [&str; 64] = [
    // Not an origin of a site.
    "null",
    "NULL",
    "",
    "*",
    "undefined",
    "file://",
    // Another scheme or port.
    "http://shop.example.com",
    "http://a.example.org",
    "https://localhost:3000",
    "ftp://shop.example.com",
    "wss://shop.example.com",
    "httpss://shop.example.com",
    "https://shop.example.com:8443",
    "https://shop.example.com:443",
    "https://shop.example.com:80",
    "http://localhost",
    "http://localhost:30000",
    "http://localhost:3001",
    "https://a.example.org:8443",
    // Another host that looks like one.
    "https://example.com",
    "https://evil-shop.example.com",
    "https://shop.example.com.evil.test",
    "https://shop.example.comevil.test",
    "https://shopaexample.com",
    "https://www.shop.example.com",
    "https://example.org",
    "https://.example.org",
    "https://..example.org",
    "https://a..example.org",
    "https://evil-example.org",
    "https://evilexample.org",
    "https://a.example.org.evil.test",
    "https://a.example.orgevil.test",
    "https://evil.test/.example.org",
    "https://evil.test?.example.org",
    "https://evil.test#.example.org",
    "https://evil.test\\.example.org",
    "https://evil.test:443.example.org",
    "https://evil.test@a.example.org",
    "https://evil.test%2f.example.org",
    "https://evil.test`.example.org",
    "https://evil.test{.example.org",
    "https://evil.test&.example.org",
    "https://evil.test'.example.org",
    "https://evil.test .example.org",
    "https://*.example.org",
    "https://127.0.0.1:3000",
    "http://[::1]:3000",
    // Another form than browsers send.
    "https://SHOP.example.com",
    "HTTPS://shop.example.com",
    "https://A.example.org",
    "https://shop.example.com/",
    "https://shop.example.com.",
    "https://a.example.org.",
    "https://shop.example.com/path",
    "https://user@shop.example.com",
    "https:shop.example.com",
    "https:///shop.example.com",
    "//shop.example.com",
    "shop.example.com",
    "https://shop.example.com,https://evil.test",
    "https://shop.example.com https://evil.test",
    "https://evil.test https://shop.example.com",
    "https://bücher.example.org",
];

fn probes() -> impl Iterator<Item = (&'static str, bool)> {
    ALLOWED.map(|origin| (origin, true)).into_iter().chain(REFUSED.map(|origin| (origin, false)))
}

#[track_caller]
fn varies(name: &str, response: &Response) {
    assert!(
        response.field("vary").is_some_and(|vary| vary.to_lowercase().contains("origin")),
        "{name}: {response:?}"
    );
}

#[track_caller]
fn check_answer(origin: &str, allowed: bool, status: u16, response: &Response) {
    assert_eq!(response.status, status, "{origin:?}");
    assert_eq!(response.field("access-control-allow-origin"), allowed.then_some(origin), "{origin:?}");
    assert_eq!(response.field("access-control-allow-credentials"), allowed.then_some("true"), "{origin:?}");
    assert_eq!(response.field("access-control-expose-headers").is_some(), allowed, "{origin:?}");
    varies(origin, response);
}

#[track_caller]
fn check_preflight(origin: &str, allowed: bool, response: &Response) {
    assert_eq!(response.status, if allowed { 204 } else { 403 }, "{origin:?}: {response:?}");
    assert_eq!(response.field("access-control-allow-origin"), allowed.then_some(origin), "{origin:?}");
    assert_eq!(response.field("access-control-allow-methods").is_some(), allowed, "{origin:?}");
    assert_eq!(response.field("access-control-max-age"), allowed.then_some("600"), "{origin:?}");
    varies(origin, response);
}

#[test]
fn an_origin_is_allowed_or_told_nothing_over_http_1_and_2() {
    let service = Service::start(CONFIG);
    let mut one = service.connect();
    let mut two = Http2::connect(service.public);
    for (origin, allowed) in probes() {
        // Also what is refused has to be readable for the page that asked.
        for (path, status) in
            [("/", 200), ("/guarded", 401), ("/nowhere", 404), ("/panic", 500), ("/leaky", 200)]
        {
            check_answer(origin, allowed, status, &one.call("GET", path, &[("Origin", origin)], b""));
        }
        let preflight = [("Origin", origin), ("Access-Control-Request-Method", "PUT")];
        check_preflight(origin, allowed, &one.call("OPTIONS", "/guarded", &preflight, b""));

        let fields = [("origin", origin)];
        check_answer(origin, allowed, 200, &two.send(request("GET", "/", "localhost", &fields, b"")));
        let preflight = [("origin", origin), ("access-control-request-method", "PUT")];
        let response = two.send(request("OPTIONS", "/guarded", "localhost", &preflight, b""));
        check_preflight(origin, allowed, &response);
    }
}

#[track_caller]
fn preflight(client: &mut Client, fields: &[(&str, &str)]) -> Response {
    let fields = [&[("Origin", "https://shop.example.com")], fields].concat();
    client.call("OPTIONS", "/guarded", &fields, b"")
}

#[test]
fn a_preflight_is_about_methods_and_fields_too() {
    const METHOD: &str = "Access-Control-Request-Method";
    const HEADERS: &str = "Access-Control-Request-Headers";
    let service = Service::start(CONFIG);
    let mut client = service.connect();
    for (name, fields, status) in [
        ("a safelisted method", vec![(METHOD, "GET")], 204),
        ("a listed method", vec![(METHOD, "DELETE")], 204),
        ("a method that is not listed", vec![(METHOD, "PROPFIND")], 403),
        ("a method in another case", vec![(METHOD, "delete")], 403),
        ("a method that no page has", vec![(METHOD, "TRACE")], 403),
        ("a listed field", vec![(METHOD, "PUT"), (HEADERS, "authorization,content-type")], 204),
        ("a field in another case", vec![(METHOD, "PUT"), (HEADERS, "Authorization, X-Request-Id")], 204),
        ("a field that is not listed", vec![(METHOD, "PUT"), (HEADERS, "authorization, x-admin")], 403),
        ("no field", vec![(METHOD, "PUT"), (HEADERS, "")], 204),
    ] {
        let response = preflight(&mut client, &fields);
        assert_eq!(response.status, status, "{name}: {response:?}");
        assert!(response.content.is_empty() || response.json()["request_id"] == response.id(), "{name}");
    }
    let two_origins = [("Origin", "https://evil.test"), (METHOD, "PUT")];
    assert_eq!(preflight(&mut client, &two_origins).status, 403);
}

#[test]
fn any_origin_is_one_star_and_never_with_credentials() {
    let service = Service::start("cors.origins = [\"*\"]\n");
    let response = service.connect().call("GET", "/leaky", &[("Origin", "https://anybody.test")], b"");
    assert_eq!(response.field("access-control-allow-origin"), Some("*"));
    assert_eq!(response.field("access-control-allow-credentials"), None);
}

#[test]
fn without_origins_a_preflight_is_a_request_like_any_other() {
    let service = Service::start("");
    let fields = [("Origin", "https://shop.example.com"), ("Access-Control-Request-Method", "PUT")];
    assert_eq!(service.connect().call("OPTIONS", "/guarded", &fields, b"").status, 405);
}
