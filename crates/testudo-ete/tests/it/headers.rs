//! Every response tells browsers to be careful, has the request's id, and nothing that leaks.

use crate::fixture::{CAREFUL, Certificate, Client, Http2, Response, Service, Setup, request};

const CONFIG: &str = r#"
hosts.allowed = ["localhost"]
cors.origins = ["https://shop.example.com"]
server.max_body_size = "1KiB"
server.request_timeout = "1s"
"#;

const ORIGIN: (&str, &str) = ("origin", "https://shop.example.com");
const WANTS_PUT: (&str, &str) = ("access-control-request-method", "PUT");
const JSON: (&str, &str) = ("content-type", "application/json");

struct Case {
    name: &'static str,
    method: &'static str,
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    content: &'static [u8],
    status: u16,
}

const fn case(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    fields: &'static [(&'static str, &'static str)],
    content: &'static [u8],
    status: u16,
) -> Case {
    Case { name, method, path, fields, content, status }
}

/// One of each way to end.
const CASES: &[Case] = &[
    case("answered", "GET", "/", &[], b"", 200),
    case("asked for its head", "HEAD", "/", &[], b"", 200),
    case("answered with a field of the page", "GET", "/", &[ORIGIN], b"", 200),
    case("passed", "GET", "/guarded", &[("x-api-token", "ann")], b"", 200),
    case("made with TLS in mind", "GET", "/leaky", &[], b"", 200),
    case("streamed", "GET", "/stream", &[], b"", 200),
    case("malformed JSON", "POST", "/json", &[JSON], b"{", 400),
    case("missing credential", "GET", "/guarded", &[], b"", 401),
    case("bad credential", "GET", "/guarded", &[("x-api-token", "eve")], b"", 401),
    case("unknown path", "GET", "/nowhere", &[], b"", 404),
    case("unknown method", "DELETE", "/", &[], b"", 405),
    case("method nobody knows", "BREW", "/", &[], b"", 405),
    case("too much content", "POST", "/json", &[JSON], &[b' '; 2_048], 413),
    case("too much content for a shield", "POST", "/read", &[], &[b' '; 2_048], 413),
    case("another type", "POST", "/json", &[("content-type", "text/plain")], b"{}", 415),
    case("another host", "GET", "/", &[("host", "evil.test")], b"", 421),
    case("limited", "GET", "/limited", &[], b"", 429),
    case("panic", "GET", "/panic", &[], b"", 500),
    case("error", "GET", "/error", &[], b"", 500),
    case("store down", "GET", "/unavailable", &[], b"", 503),
    case("shield broken", "GET", "/broken", &[], b"", 503),
    case("too slow", "GET", "/hang", &[], b"", 503),
    case("preflight", "OPTIONS", "/", &[ORIGIN, WANTS_PUT], b"", 204),
    case("preflight refused", "OPTIONS", "/", &[("origin", "https://evil.test"), WANTS_PUT], b"", 403),
    case("probe", "GET", "/health", &[], b"", 200),
    case("probe of readiness", "GET", "/readiness", &[], b"", 200),
];

#[track_caller]
fn check(name: &str, response: &Response, status: u16, id: &str) {
    assert_eq!(response.status, status, "{name}: {response:?}");
    assert_eq!(response.id(), id, "{name}");
    for (field, value) in CAREFUL {
        assert_eq!(response.field(field), Some(value), "{name}: {response:?}");
    }
    assert!(response.field("permissions-policy").is_some_and(|value| value.contains("camera=()")), "{name}");
    assert_eq!(response.field("strict-transport-security"), None, "{name}: this is no TLS");
    for secret in ["hunter2", "10.1.2.3", "/dev/sda1", "refused by"] {
        assert!(!response.whole().contains(secret), "{name}: {response:?}");
    }
    if status >= 400 && !response.content.is_empty() {
        check_problem(name, response, id);
    }
}

#[track_caller]
fn check_problem(name: &str, response: &Response, id: &str) {
    assert_eq!(response.field("content-type"), Some("application/problem+json"), "{name}");
    let problem = response.json();
    assert_eq!(problem["request_id"], id, "{name}: {problem}");
    assert_eq!(problem["status"], response.status, "{name}: {problem}");
    assert!(problem["title"].is_string() && problem["type"] == "about:blank", "{name}: {problem}");
}

/// What the log says of a request has its id, and its access line has its status.
#[track_caller]
fn check_log(service: &Service, name: &str, id: &str, status: u16) {
    let lines = service.log.of(id);
    let access = lines.last().unwrap();
    assert_eq!(access["http.response.status_code"], status, "{name}: {access}");
    assert_eq!(lines[0]["trace_id"], access["trace_id"], "{name}");
}

fn id_of(name: &str, protocol: &str) -> String {
    format!("{}.{protocol}", name.replace(' ', "-"))
}

#[test]
fn every_response_is_careful_has_its_id_and_leaks_nothing_over_http_1_and_2() {
    let service = Service::start(CONFIG);
    for case in CASES {
        let Case { name, method, path, fields, content, status } = *case;
        let id = id_of(name, "1");
        let fields_of = |id: &'static str| [fields, &[("x-request-id", id)]].concat();
        let response = service.connect().call(method, path, &fields_of(id.clone().leak()), content);
        check(name, &response, status, &id);
        check_log(&service, name, &id, status);

        let id = id_of(name, "2");
        let mut sent = fields_of(id.clone().leak());
        let host = sent.iter().position(|(field, _)| *field == "host").map(|place| sent.remove(place).1);
        let host = host.unwrap_or("localhost");
        let response = Http2::connect(service.public).send(request(method, path, host, &sent, content));
        check(name, &response, status, &id);
        check_log(&service, name, &id, status);
    }
}

#[test]
fn what_cannot_be_understood_is_refused_as_carefully() {
    let service = Service::start(CONFIG);
    for (name, head, status) in [
        ("no host", "GET / HTTP/1.1\r\n", 400),
        ("two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.test\r\n", 400),
        ("a host that is none", "GET / HTTP/1.1\r\nHost: <script>\r\n", 400),
        ("an asterisk", "GET * HTTP/1.1\r\nHost: localhost\r\n", 400),
        (
            "chunked twice",
            "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, chunked\r\n",
            400,
        ),
        ("gzip", "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n", 501),
    ] {
        let id = id_of(name, "refused");
        let mut client = service.connect();
        client.send(format!("{head}X-Request-ID: {id}\r\n\r\n"));
        check(name, &client.response().unwrap(), status, &id);
        check_log(&service, name, &id, status);
    }
}

#[test]
fn fields_of_a_handler_never_weaken_anything() {
    let service = Service::start(CONFIG);
    let response = service.get("/leaky");
    assert_ne!(response.id(), "made-up");
    for field in ["x-powered-by", "access-control-allow-origin", "access-control-allow-credentials"] {
        assert_eq!(response.field(field), None);
    }
}

#[test]
fn hsts_is_sent_over_tls_and_nowhere_else() {
    let certificate = Certificate::new();
    let config = "server.tls.certificate = \"tls.crt\"\nserver.tls.key = \"tls.key\"\n";
    let service = Setup::new(config).certificate(&certificate).start();
    let mut client = Client::secure(service.public, certificate.client());
    for (name, response) in [
        ("HTTP/1.1", client.get("/")),
        ("of a handler that wants less", client.get("/leaky")),
        ("a problem", client.get("/nowhere")),
        ("HTTP/2", Http2::secure(service.public, &certificate.client()).get("/")),
    ] {
        let hsts = response.field("strict-transport-security");
        assert_eq!(hsts, Some("max-age=63072000; includeSubDomains"), "{name}");
    }
}

#[test]
fn a_page_has_a_nonce_of_its_own_every_time() {
    let service = Service::start("headers.preset = \"html\"\n");
    let mut seen = Vec::new();
    let mut client = service.connect();
    for _ in 0..10 {
        let page = client.get("/page");
        let nonce = page.text().split('"').nth(1).unwrap().to_owned();
        assert_eq!(nonce.len(), 22);
        let policy = page.field("content-security-policy").unwrap();
        assert!(policy.contains(&format!("script-src 'nonce-{nonce}'")), "{policy}");
        assert!(!seen.contains(&nonce), "{nonce} comes twice");
        seen.push(nonce);
    }
    let asset = client.get("/short");
    assert!(!asset.field("content-security-policy").unwrap().contains("nonce"));
}
