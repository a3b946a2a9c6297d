use axum::http::Request;
use testudo::prelude::*;
use testudo_testkit::TestService;

use super::*;

const TRUSTED: &str = r#"{"trusted_origins": ["https://accounts.example.com", "http://localhost:3000"]}"#;

/// Whether a request to this target passes.
fn judge(method: &str, target: &str, fields: &[(&str, &str)]) -> bool {
    let request = Request::builder().method(method).uri(target);
    let request = fields.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let settings: CsrfSettings = serde_json::from_str(TRUSTED).unwrap();
    passes(&parts.method, &parts.uri, &parts.headers, &settings)
}

#[test]
fn methods_that_change_nothing_pass_from_anywhere_and_no_others() {
    let foreign = [("host", "shop.example.com"), ("sec-fetch-site", "cross-site"), ("origin", "null")];
    for (method, passing) in [
        ("GET", true),
        ("HEAD", true),
        ("OPTIONS", true),
        ("POST", false),
        ("PUT", false),
        ("PATCH", false),
        ("DELETE", false),
        ("TRACE", false),
        ("get", false),
        ("PROPFIND", false),
    ] {
        assert_eq!(judge(method, "/", &foreign), passing, "{method}");
    }
}

#[test]
fn what_browsers_say_decides() {
    let shop = "https://shop.example.com";
    for (name, site, origin, passing) in [
        ("no browser", None, None, true),
        ("the service's own page", Some("same-origin"), Some(shop), true),
        ("the service's own page, without an origin", Some("same-origin"), None, true),
        ("the user's own doing", Some("none"), None, true),
        ("another site", Some("cross-site"), Some("https://evil.example"), false),
        ("another site, without an origin", Some("cross-site"), None, false),
        ("another host of the site", Some("same-site"), Some("https://blog.example.com"), false),
        // A page of the same host that came over `http`: the schemes differ, so the sites do.
        ("the same host without TLS", Some("cross-site"), Some("http://shop.example.com"), false),
        ("another site that says it is this one", Some("cross-site"), Some(shop), false),
        ("a trusted one", Some("cross-site"), Some("https://accounts.example.com"), true),
        ("a trusted one of the site", Some("same-site"), Some("https://accounts.example.com"), true),
        ("a trusted one at its port", Some("cross-site"), Some("http://localhost:3000"), true),
        ("a trusted one at another port", Some("cross-site"), Some("http://localhost:3001"), false),
        ("a trusted one with another scheme", Some("cross-site"), Some("http://accounts.example.com"), false),
        ("below a trusted one", Some("cross-site"), Some("https://x.accounts.example.com"), false),
        ("a value nobody knows", Some("same-planet"), Some(shop), false),
        ("another spelling", Some("Same-Origin"), Some(shop), false),
        ("an empty value", Some(""), Some(shop), false),
        ("an old browser, the service's own page", None, Some(shop), true),
        ("an old browser, a trusted page", None, Some("https://accounts.example.com"), true),
        ("an old browser, another site", None, Some("https://evil.example"), false),
        ("an old browser, a secret origin", None, Some("null"), false),
        ("a secret origin", Some("cross-site"), Some("null"), false),
        ("an empty origin", None, Some(""), false),
        ("an origin in front", None, Some("https://shop.example.com.evil.example"), false),
        ("an origin behind", None, Some("https://evil-shop.example.com"), false),
        ("an origin with a user", None, Some("https://shop.example.com@evil.example"), false),
        ("an origin with a path", None, Some("https://shop.example.com/"), false),
        ("two origins in one", None, Some("https://shop.example.com https://evil.example"), false),
        ("another scheme", None, Some("file://shop.example.com"), false),
        ("no scheme", None, Some("shop.example.com"), false),
    ] {
        let fields = [("sec-fetch-site", site), ("origin", origin), ("host", Some("shop.example.com"))];
        let fields: Vec<_> = fields.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
        assert_eq!(judge("POST", "/", &fields), passing, "{name}");
    }
}

#[test]
fn a_field_that_leaves_open_what_it_says_is_blocked() {
    let host = ("host", "shop.example.com");
    let own = ("origin", "https://shop.example.com");
    for (name, fields) in [
        ("two origins", vec![host, own, own]),
        ("two origins, one trusted", vec![host, ("origin", "https://accounts.example.com"), own]),
        ("two sites", vec![host, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")]),
        ("a site that is no text", vec![host, ("sec-fetch-site", "same-origin\u{e9}")]),
        ("an origin that is no text", vec![host, ("origin", "https://shop.example.com\u{e9}")]),
        ("two hosts", vec![host, ("host", "evil.example"), own]),
        ("no host", vec![own]),
    ] {
        assert!(!judge("POST", "/", &fields), "{name}");
    }
}

#[test]
fn an_origin_is_compared_with_the_host_and_port_the_service_was_asked_for() {
    for (name, origin, target, host, passing) in [
        ("a port on both sides", "https://a.example:8443", "/", "a.example:8443", true),
        ("the port of the scheme, written", "https://a.example", "/", "a.example:443", true),
        ("another port", "https://a.example", "/", "a.example:8443", false),
        ("a port of the origin alone", "https://a.example:8443", "/", "a.example", false),
        ("the port of another scheme", "https://a.example", "/", "a.example:80", false),
        ("another case", "https://a.example", "/", "A.Example", true),
        ("an address", "http://192.0.2.7:80", "/", "192.0.2.7", true),
        ("IPv6", "http://[2001:db8::7]:81", "/", "[2001:db8::7]:81", true),
        ("IPv6, another port", "http://[2001:db8::7]:81", "/", "[2001:db8::7]:82", false),
        ("IPv6 without an end", "http://[2001:db8::7", "/", "[2001:db8::7", false),
        ("a port that is none", "https://a.example:99999", "/", "a.example:99999", false),
        ("a signed port", "https://a.example:+443", "/", "a.example", false),
        ("an empty port", "https://a.example:", "/", "a.example", false),
        ("no host", "https://", "/", "", false),
        ("the target, as HTTP/2 has it", "https://a.example", "https://a.example/", "b.example", true),
        ("the target, and not `Host`", "https://b.example", "https://a.example/", "b.example", false),
    ] {
        let fields = [("origin", origin), ("host", host)];
        assert_eq!(judge("POST", target, &fields), passing, "{name}");
    }
}

#[test]
fn what_is_not_a_trusted_origin() {
    for (name, origin, mistake) in [
        ("no scheme", "example.com", "is no origin"),
        ("another scheme", "ftp://example.com", "is no origin"),
        ("a path", "https://example.com/", "no path"),
        ("a pattern", "https://*.example.com", "no `*`"),
        ("everybody", "*", "is no origin"),
        ("a secret origin", "null", "is no origin"),
        ("upper case", "https://Example.com", "write it in lower case"),
        ("the port of its scheme", "https://example.com:443", "without the port of its scheme"),
        ("a user", "https://user@example.com", "is no origin"),
    ] {
        let section = format!(r#"{{"trusted_origins": ["{origin}"]}}"#);
        let error = serde_json::from_str::<CsrfSettings>(&section).unwrap_err().to_string();
        assert!(error.contains(mistake) && error.contains(origin), "{name}: {error}");
    }
    assert!(serde_json::from_str::<CsrfSettings>(r#"{"trusted_origin": []}"#).is_err());
}

#[tokio::test]
async fn a_blocked_request_is_told_why_and_does_not_reach_its_handler() {
    let open = Stack::public("an example").shield(csrf(CsrfSettings::default()));
    let routes: Router = Router::new().route("/", open.post(async || "done"));
    let service = TestService::start(routes, ()).await;
    service.post("/").await.status(200);
    let host = format!("http://{}", service.address());
    service.post("/").header("origin", &host).await.status(200).text("done");
    let blocked = service.post("/").header("origin", "http://evil.example").await;
    let detail = "requests from pages of other sites are not accepted";
    blocked.status(403).problem().shield("CSRF").detail(detail);
    let decides = Stack::<()>::new().shield(csrf("browsers")).shields()[0].decides();
    assert!(!decides);
}
