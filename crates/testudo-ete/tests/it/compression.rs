//! What is compressed, and what is not.

use std::io::Read;

use crate::fixture::{Http2, Service, request};

const GZIP: (&str, &str) = ("accept-encoding", "gzip");

#[test]
fn a_long_text_is_compressed_for_who_accepts_it() {
    let service = Service::start("");
    let plain = service.get("/long");
    assert_eq!((plain.field("content-encoding"), plain.content.len()), (None, 4_096 + 11));
    let over_http2 = request("GET", "/long", "localhost", &[GZIP], b"");
    for (name, response) in [
        ("gzip", service.connect().call("GET", "/long", &[GZIP], b"")),
        (
            "among others",
            service.connect().call("GET", "/long", &[("accept-encoding", "br, GZIP;q=0.5")], b""),
        ),
        ("HTTP/2", Http2::connect(service.public).send(over_http2)),
    ] {
        assert_eq!(response.field("content-encoding"), Some("gzip"), "{name}");
        assert!(response.field("vary").is_some_and(|vary| vary.contains("accept-encoding")), "{name}");
        assert!(response.content.len() < 1_024, "{name}");
        let mut text = String::new();
        flate2::read::GzDecoder::new(response.content.as_slice()).read_to_string(&mut text).unwrap();
        assert_eq!(text.as_bytes(), plain.content, "{name}");
    }
}

#[test]
fn what_gains_nothing_or_would_tell_a_secret_is_left_alone() {
    let service = Service::start("");
    for (name, path, accepted) in [
        ("not accepted", "/long", "br"),
        ("refused", "/long", "gzip;q=0, br"),
        ("short", "/short", "gzip"),
        ("with a cookie", "/long/cookie", "gzip"),
        ("no-transform", "/long/no-transform", "gzip"),
        ("of no type that is text", "/stream", "gzip"),
    ] {
        let response = service.connect().call("GET", path, &[("accept-encoding", accepted)], b"");
        assert_eq!((response.status, response.field("content-encoding")), (200, None), "{name}");
    }
    let events = service.connect().call("GET", "/events", &[GZIP], b"");
    assert_eq!(events.field("content-type"), Some("text/event-stream"));
    assert_eq!(events.field("content-encoding"), None);
}

#[test]
fn compression_can_be_switched_off() {
    let service = Service::start("server.compression = false\n");
    let response = service.connect().call("GET", "/long", &[GZIP], b"");
    assert_eq!(response.field("content-encoding"), None);
}
