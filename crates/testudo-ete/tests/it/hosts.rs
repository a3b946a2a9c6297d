//! Which hosts are answered to, as clients of HTTP/1.1 and HTTP/2 see it.

use crate::fixture::{Client, Http2, Service, request};

const CONFIG: &str = r#"
hosts.allowed = [
    "example.com", "*.example.org", "bücher.example", "localhost:8000", "secure.example:443", "[::1]", "10.0.0.1",
    "my_service",
]
"#;

const CASES: [(&str, u16); 44] = [
    ("example.com", 200),
    ("EXAMPLE.com", 200),
    ("example.com.", 200),
    ("example.com:80", 200),
    ("example.com:9999", 200),
    ("www.example.com", 421),
    ("notexample.com", 421),
    ("example.com.evil.test", 421),
    ("example.co", 421),
    ("a.example.org", 200),
    ("a.b.c.example.org", 200),
    ("A.EXAMPLE.ORG.", 200),
    ("example.org", 421),
    ("badexample.org", 421),
    ("a.example.org.evil.test", 421),
    ("xn--bcher-kva.example", 200),
    ("XN--BCHER-KVA.example", 200),
    ("xn--other-kva.example", 421),
    ("localhost:8000", 200),
    ("localhost", 421),
    ("localhost:8001", 421),
    ("secure.example", 200),
    ("secure.example:443", 200),
    ("secure.example:80", 421),
    ("[::1]", 200),
    ("[0:0:0::1]:9", 200),
    ("[::2]", 421),
    ("10.0.0.1", 200),
    ("[::ffff:10.0.0.1]", 200),
    ("10.0.0.2", 421),
    ("127.0.0.1", 421),
    ("my_service", 200),
    ("kubernetes.default", 421),
    ("evil.test", 421),
    // What is no host; HTTP/2 clients cannot even say it.
    ("", 400),
    ("<script>", 400),
    ("example.com/", 400),
    ("example.com, evil.test", 400),
    ("user@example.com", 400),
    ("example.com:evil", 400),
    ("example.com:65536", 400),
    (".example.com", 400),
    ("example..com", 400),
    ("bücher.example", 400),
];

#[test]
fn a_host_is_answered_to_or_refused_over_http_1_and_2() {
    let service = Service::start(CONFIG);
    let mut one = service.connect();
    let mut two = Http2::connect(service.public);
    for (host, status) in CASES {
        let response = one.call("GET", "/", &[("Host", host)], b"");
        assert_eq!(response.status, status, "{host:?} over HTTP/1.1");
        if status == 400 {
            // A refusal need not end the connection.
            one = service.connect();
        } else {
            let response = two.send(request("GET", "/", host, &[], b""));
            assert_eq!(response.status, status, "{host:?} over HTTP/2");
            let whole = one.call("GET", &format!("http://{host}/"), &[("Host", "example.com")], b"");
            assert_eq!(whole.status, status, "a whole URL with {host:?}");
        }
        assert!(host.is_empty() || !response.text().contains(host), "{host:?} is sent back: {response:?}");
    }
}

#[test]
fn what_names_no_host_or_several_is_refused() {
    let service = Service::start(CONFIG);
    for (name, head, status) in [
        ("none", "GET / HTTP/1.1\r\n", 400),
        ("none in HTTP/1.0", "GET / HTTP/1.0\r\n", 400),
        ("two that differ", "GET / HTTP/1.1\r\nHost: example.com\r\nHost: evil.test\r\n", 400),
        ("two of the same", "GET / HTTP/1.1\r\nHost: example.com\r\nHost: example.com\r\n", 400),
        ("a whole URL without the field", "GET http://example.com/ HTTP/1.1\r\n", 400),
        ("a whole URL beside another host", "GET http://example.com/ HTTP/1.1\r\nHost: evil.test\r\n", 200),
        ("a whole URL that is not ours", "GET http://evil.test/ HTTP/1.1\r\nHost: example.com\r\n", 421),
        ("a whole URL with a user", "GET http://a@example.com/ HTTP/1.1\r\nHost: example.com\r\n", 400),
        (
            "a forwarded host counts for nothing",
            "GET / HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: example.com\r\n",
            421,
        ),
        ("blanks", "GET / HTTP/1.1\r\nHost:   example.com \t\r\n", 200),
    ] {
        let mut client = service.connect();
        client.send(format!("{head}\r\n"));
        assert_eq!(client.response().unwrap().status, status, "{name}");
    }
    let mut two = Http2::connect(service.public);
    for (name, field, status) in [
        ("that agrees", "EXAMPLE.com:80", 200),
        ("that disagrees", "evil.test", 400),
        ("with another port", "example.com:8443", 400),
    ] {
        let response = two.send(request("GET", "/", "example.com", &[("host", field)], b""));
        assert_eq!(response.status, status, "HTTP/2 with a field Host {name}");
    }
}

#[test]
fn a_handler_finds_the_host_that_was_answered_to() {
    let service = Service::start(CONFIG);
    for (target, host, status, seen) in [
        ("/host", "example.com", 200, "example.com"),
        ("http://example.com/host", "evil.test", 200, "example.com"),
        ("http://a.example.org:8080/host", "example.com", 200, "a.example.org:8080"),
        ("http://evil.test/host", "example.com", 421, ""),
    ] {
        let response = Client::connect(service.public).call("GET", target, &[("Host", host)], b"");
        assert_eq!(response.status, status, "{target} with {host}");
        if status == 200 {
            assert_eq!(response.text(), seen, "{target} with {host}");
        }
    }
}
