//! Hostile traffic: the right status, a service that is alive afterwards, and a log whose every line parses.

use std::io::Write as _;

use crate::fixture::{Http2, Response, Service, request};

/// Bytes that would end a line, end a string, move the cursor or hide text.
const INJECTIONS: [&str; 9] = [
    "\"}\n{\"level\":\"ERROR\",\"message\":\"forged",
    "%0a%0d{\"forged\":true}",
    "\\\",\"forged\":\"true",
    "\u{1b}[2J\u{1b}[31mforged",
    "\u{202e}degrof",
    "\u{2028}forged\u{2029}",
    "a\0b",
    "\u{7f}\u{9b}forged",
    "\r\nforged: true",
];

/// Nothing of what a client sends becomes a field or a line of its own.
#[track_caller]
fn is_unforged(service: &Service) {
    for line in service.log.lines() {
        assert!(line.get("forged").is_none(), "{line}");
        assert_ne!(line["message"], "forged", "{line}");
        assert!(line["timestamp"].is_string() && line["level"].is_string(), "{line}");
    }
    for line in service.log.text() {
        assert!(
            !line.chars().any(|letter| letter.is_control() || "\u{202e}\u{2028}\u{2029}".contains(letter)),
            "{line:?}"
        );
    }
}

#[test]
fn what_clients_send_stays_inside_its_line() {
    let service = Service::start("log.level = \"debug\"\n");
    for text in INJECTIONS {
        for (place, request) in [
            ("path", format!("GET /{text} HTTP/1.1\r\nHost: localhost\r\n\r\n")),
            ("query", format!("GET /?q={text} HTTP/1.1\r\nHost: localhost\r\n\r\n")),
            ("method", format!("GET{text} / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
            ("host", format!("GET / HTTP/1.1\r\nHost: {text}\r\n\r\n")),
            ("agent", format!("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {text}\r\n\r\n")),
            ("id", format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: {text}\r\n\r\n")),
            ("trace", format!("GET / HTTP/1.1\r\nHost: localhost\r\ntraceparent: {text}\r\n\r\n")),
            ("name", format!("GET / HTTP/1.1\r\nHost: localhost\r\n{text}: 1\r\n\r\n")),
            ("version", format!("GET / HTTP/1.1{text}\r\nHost: localhost\r\n\r\n")),
        ] {
            let mut client = service.connect();
            client.send(&request);
            client.close_sending();
            if let Ok(response) = client.response() {
                assert!([200, 400, 404, 405].contains(&response.status), "{place} {text:?}: {response:?}");
                assert!(!response.fields.iter().any(|(name, _)| name == "forged"), "{place} {text:?}");
            }
        }
    }
    assert_eq!(service.get("/").status, 200);
    is_unforged(&service);
}

#[test]
fn raw_bytes_in_every_place_break_nothing() {
    let service = Service::start("");
    for byte in 0..=255_u8 {
        for place in ["GET /", "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a"] {
            let mut request = place.as_bytes().to_vec();
            request.push(byte);
            let rest = if place.len() < 10 { "b HTTP/1.1\r\nHost: localhost\r\n\r\n" } else { "b\r\n\r\n" };
            request.write_all(rest.as_bytes()).unwrap();
            let mut client = service.connect();
            client.send(&request);
            client.close_sending();
            if let Ok(response) = client.response() {
                assert!(
                    [200, 400, 404].contains(&response.status),
                    "{byte:#x} behind {place:?}: {response:?}"
                );
            }
        }
    }
    assert_eq!(service.get("/").status, 200);
    is_unforged(&service);
}

struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    /// The statuses of all responses, in order.
    statuses: &'static [u16],
}

fn case(name: &'static str, bytes: impl Into<Vec<u8>>, statuses: &'static [u16]) -> Case {
    Case { name, bytes: bytes.into(), statuses }
}

/// A request with these fields, and another hidden behind it.
fn smuggled(fields: &str, content: &str) -> String {
    format!(
        "POST /json HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n{content}GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
    )
}

fn cases() -> Vec<Case> {
    let endless = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}", "a".repeat(1_000_000));
    let fields = "X-Field: 1\r\n".repeat(10_000);
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n");
    let pipelined = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(49)
        + "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    vec![
        case("an endless field", endless, &[431]),
        case("an endless path", format!("GET /{}", "a".repeat(1_000_000)), &[431]),
        case("10,000 fields", many, &[431]),
        case("no request", "\0\0\0\0\0\0\0\0", &[400]),
        case("TLS in the clear", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(), &[400]),
        case("a null byte in the path", "GET /a\0b HTTP/1.1\r\nHost: localhost\r\n\r\n", &[400]),
        case("a null byte in a field", "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", &[400]),
        case("two lengths", smuggled("Content-Length: 2\r\nContent-Length: 3\r\n", "{} "), &[400]),
        case("a list of lengths", smuggled("Content-Length: 2, 2\r\n", "{}"), &[400]),
        case("a length of letters", smuggled("Content-Length: two\r\n", "{}"), &[400]),
        case("gzip, chunked", smuggled("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), &[501]),
        case("chunked, gzip", smuggled("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), &[400]),
        case("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", &[400]),
        case("a folded line", "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\n\r\n", &[400]),
        case(
            "a whole URL",
            "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            &[200],
        ),
        case("a proxy's request", "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n", &[421]),
        case("another version", "GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", &[400]),
        case("pipelined", pipelined, &[200; 50]),
    ]
}

#[test]
fn what_is_malformed_has_its_status_and_hides_nothing() {
    let service = Service::start("hosts.allowed = [\"localhost\"]\n");
    for Case { name, bytes, statuses } in cases() {
        let mut client = service.connect();
        client.send(&bytes);
        for (place, status) in statuses.iter().enumerate() {
            let response =
                client.response().unwrap_or_else(|error| panic!("{name}, response {place}: {error}"));
            assert_eq!(response.status, *status, "{name}, response {place}: {response:?}");
        }
        let rest = client.rest();
        assert!(rest.is_empty(), "{name}: one more response: {}", String::from_utf8_lossy(&rest));
        assert_eq!(service.get("/").status, 200, "after {name}");
    }
    let hidden = service.log.lines().iter().filter(|line| line["url.path"] == "/hidden").count();
    assert_eq!(hidden, 0, "a hidden request was seen");
    is_unforged(&service);
}

/// Chunked counts beside a length, and what follows is not read (RFC 9112, section 6.3).
#[test]
fn a_length_beside_chunked_hides_nothing() {
    let service = Service::start("");
    for fields in [
        "Content-Length: 44\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 44\r\nContent-Type: application/json\r\n",
    ] {
        let mut client = service.connect();
        client.send(smuggled(fields, "2\r\n{}\r\n0\r\n\r\n"));
        let response = client.response().unwrap();
        assert_eq!((response.status, response.text().as_str()), (200, "{}"));
        assert_eq!(response.field("connection"), Some("close"), "{response:?}");
        assert!(client.rest().is_empty(), "what was behind is answered");
    }
    assert!(service.log.lines().iter().all(|line| line["url.path"] != "/hidden"));
}

#[test]
fn a_chunk_that_is_none_is_refused_and_closes() {
    let service = Service::start("");
    for chunk in
        ["zz\r\n{}\r\n", "-1\r\n{}\r\n", "2\r\n{}x\r\n", "ffffffffffffffffff\r\n{}\r\n", "2;a=b\n{}\r\n"]
    {
        for path in ["/json", "/read"] {
            let mut client = service.connect();
            client.send(format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
            ));
            let response = client.response().unwrap();
            assert_eq!(response.status, 400, "{chunk:?} to {path}: {response:?}");
            assert!(client.rest().is_empty(), "{chunk:?} to {path}: something follows");
        }
    }
    assert!(service.log.lines().iter().all(|line| line["url.path"] != "/hidden"));
}

fn chunked(content: &[u8]) -> Vec<u8> {
    let mut chunks = Vec::new();
    for piece in content.chunks(4_096) {
        write!(chunks, "{:x}\r\n", piece.len()).unwrap();
        chunks.extend_from_slice(piece);
        chunks.extend(b"\r\n");
    }
    chunks.extend(b"0\r\n\r\n");
    chunks
}

#[test]
fn too_much_content_is_refused_however_it_is_sent_and_whoever_reads_it() {
    let service = Service::start("server.max_body_size = \"64KiB\"\n");
    let json = ("Content-Type", "application/json");
    let quoted = |length: usize| [b"\"", "a".repeat(length - 2).as_bytes(), b"\""].concat();
    for (path, length, status) in [
        ("/json", 64 * 1_024, 200),
        ("/json", 64 * 1_024 + 1, 413),
        ("/json", 4 * 1_024 * 1_024, 413),
        ("/read", 64 * 1_024, 200),
        ("/read", 64 * 1_024 + 1, 413),
        ("/read", 4 * 1_024 * 1_024, 413),
    ] {
        let content = quoted(length);
        let chunks = chunked(&content);
        let check = |name: &str, response: &Response| {
            assert_eq!(response.status, status, "{path} with {length} bytes, {name}: {response:?}");
            if status == 413 {
                assert_eq!(response.json()["request_id"], response.id(), "{path}, {name}");
            }
        };
        check("with a length", &service.connect().call("POST", path, &[json], &content));
        check(
            "chunked",
            &service.connect().call("POST", path, &[json, ("Transfer-Encoding", "chunked")], &chunks),
        );
        let fields = [("content-type", "application/json")];
        match Http2::connect(service.public).try_send(request("POST", path, "localhost", &fields, &content)) {
            Ok(response) => check("over HTTP/2", &response),
            // A client that is still sending may see its stream reset before it has read why.
            Err(error) => assert_eq!(status, 413, "{path} with {length} bytes over HTTP/2: {error:?}"),
        }
    }
}

#[test]
fn content_that_stops_coming_is_408_whoever_reads_it() {
    let service = Service::start("server.body_read_timeout = \"200ms\"\n");
    for path in ["/json", "/read"] {
        let mut client = service.connect();
        client.send(format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
        ));
        let response = client.response().unwrap();
        assert_eq!(
            (response.status, response.field("connection")),
            (408, Some("close")),
            "{path}: {response:?}"
        );
        assert_eq!(response.json()["request_id"], response.id());
        assert_eq!(client.rest(), b"");
    }
}

#[test]
fn too_many_fields_over_http_2_are_refused_like_everything_else() {
    let service = Service::start("server.max_header_fields = 20\n");
    let fields = [("x-field", "1"); 30];
    let mut client = Http2::connect(service.public);
    let response = client.send(request("GET", "/", "localhost", &fields, b""));
    assert_eq!(response.status, 431, "{response:?}");
    assert_eq!(response.json()["request_id"], response.id());
    assert_eq!(response.field("x-content-type-options"), Some("nosniff"));
    assert_eq!(service.log.access(response.id())["http.response.status_code"], 431);
    assert_eq!(client.get("/").status, 200);
}
