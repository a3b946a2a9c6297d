use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::body::Body;
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use super::*;

/// Requests as bytes, and what comes of them: the status, and the paths and contents that a handler saw.
struct Case {
    name: &'static str,
    bytes: &'static str,
    status: u16,
    handled: &'static [&'static str],
}

const fn case(
    name: &'static str,
    bytes: &'static str,
    status: u16,
    handled: &'static [&'static str],
) -> Case {
    Case { name, bytes, status, handled }
}

/// Behind each request stands another, `/hidden`, which must not be seen where a proxy would take it for content.
const CASES: &[Case] = &[
    case("plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, &["/ "]),
    case("sized", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", 200, &["/ hi"]),
    case(
        "chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        200,
        &["/ hi"],
    ),
    case(
        "chunked, in capitals",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        200,
        &["/ hi"],
    ),
    case(
        "pipelined",
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
        &["/1 ", "/2 "],
    ),
    case(
        "the same length twice",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
        200,
        &["/ hi"],
    ),
    // Chunked counts, and the connection ends (RFC 9112, section 6.3, item 3): nothing hides behind it.
    case(
        "a length, then chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
        &["/ "],
    ),
    case(
        "chunked, then a length",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 40\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
        &["/ "],
    ),
    case(
        "differing lengths",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
        400,
        &[],
    ),
    case("a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nhi", 400, &[]),
    case("a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nhi", 400, &[]),
    case("a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\nhi", 400, &[]),
    case("a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nhi", 400, &[]),
    case("an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\nhi", 400, &[]),
    case(
        "a length beyond 64 bits",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551618\r\n\r\nhi",
        400,
        &[],
    ),
    case(
        "a folded line",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case("a folded line of another field", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400, &[]),
    case("a blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, &[]),
    case(
        "a blank before the colon",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "gzip as the last coding",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "identity",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
        400,
        &[],
    ),
    case(
        "almost chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "chunked with a parameter",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "chunked in HTTP/1.0",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "gzip before chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        501,
        &[],
    ),
    case(
        "gzip before chunked, in fields of their own",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        501,
        &[],
    ),
    case(
        "chunked twice",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "chunked twice, in fields of their own",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case("a host as the target of GET", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, &[]),
    case("an asterisk as the target of GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, &[]),
    case("an asterisk as the target of OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200, &["* "]),
    case("a path as the target of CONNECT", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 400, &[]),
    case("a whole URL as the target", "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n", 200, &["/x "]),
    case("a null byte in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400, &[]),
    case("a lone carriage return", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400, &[]),
    case("a null byte in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n", 400, &[]),
    case("HTTP/2.0 in a request line", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400, &[]),
    // Recipients may take a lone line feed for the end of a line (RFC 9112, section 2.2).
    case("lone line feeds", "GET / HTTP/1.1\nHost: a\n\n", 200, &["/ "]),
];

/// Answers one connection and returns what handlers saw.
async fn serve(stream: TcpStream) -> Vec<String> {
    let handled = Arc::new(Mutex::new(Vec::new()));
    let log = handled.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let log = log.clone();
        async move {
            let (parts, body) = request.into_parts();
            let mut response = Response::new(Body::empty());
            match check_framing(parts.version, &parts.method, &parts.uri, &parts.headers) {
                Err(error) => *response.status_mut() = error.status(),
                Ok(()) => match axum::body::to_bytes(Body::new(body), 1_000).await {
                    Ok(content) => log.lock().unwrap().push(format!(
                        "{} {}",
                        parts.uri.path(),
                        String::from_utf8_lossy(&content)
                    )),
                    Err(_) => *response.status_mut() = StatusCode::BAD_REQUEST,
                },
            }
            Ok::<_, Infallible>(response)
        }
    });
    // An error is what some of the cases are about.
    let _ =
        http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
    handled.lock().unwrap().clone()
}

/// The status of the first response, and what handlers saw.
async fn outcome(bytes: &str) -> (u16, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (stream, _) = listener.accept().await.unwrap();
    let server = tokio::spawn(serve(stream));
    client.write_all(bytes.as_bytes()).await.unwrap();
    client.shutdown().await.unwrap();
    let mut response = Vec::new();
    // A server that has refused may reset the connection behind its response.
    let _ = client.read_to_end(&mut response).await;
    let response = String::from_utf8_lossy(&response);
    let status = response.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    (status, server.await.unwrap())
}

#[tokio::test]
async fn bad_framing_is_refused_or_harmless_on_the_wire() {
    for case in CASES {
        let (status, handled) = outcome(case.bytes).await;
        assert_eq!(
            (status, handled),
            (case.status, case.handled.iter().map(ToString::to_string).collect()),
            "{}",
            case.name
        );
    }
}

#[test]
fn what_another_server_might_let_through_is_refused_too() {
    const POST: Method = Method::POST;
    type Fields = &'static [(header::HeaderName, &'static str)];
    let cases: [(&str, Version, Fields, Result<(), FramingError>); 8] = [
        ("no content", Version::HTTP_11, &[], Ok(())),
        ("HTTP/2 with a length", Version::HTTP_2, &[(header::CONTENT_LENGTH, "3")], Ok(())),
        (
            "a length beside chunked",
            Version::HTTP_11,
            &[(header::CONTENT_LENGTH, "3"), (header::TRANSFER_ENCODING, "chunked")],
            Err(FramingError::UnexpectedTransferEncoding),
        ),
        (
            "chunked in HTTP/1.0",
            Version::HTTP_10,
            &[(header::TRANSFER_ENCODING, "chunked")],
            Err(FramingError::UnexpectedTransferEncoding),
        ),
        (
            "chunked in HTTP/2",
            Version::HTTP_2,
            &[(header::TRANSFER_ENCODING, "chunked")],
            Err(FramingError::UnexpectedTransferEncoding),
        ),
        (
            "differing lengths",
            Version::HTTP_11,
            &[(header::CONTENT_LENGTH, "3"), (header::CONTENT_LENGTH, "4")],
            Err(FramingError::MalformedContentLength),
        ),
        (
            "no coding",
            Version::HTTP_11,
            &[(header::TRANSFER_ENCODING, ", ,")],
            Err(FramingError::MalformedTransferEncoding),
        ),
        (
            "two words",
            Version::HTTP_11,
            &[(header::TRANSFER_ENCODING, "chunked gzip")],
            Err(FramingError::MalformedTransferEncoding),
        ),
    ];
    for (name, version, fields, expected) in cases {
        let mut headers = HeaderMap::new();
        for (field, value) in fields {
            headers.append(field, value.parse().unwrap());
        }
        assert_eq!(check_framing(version, &POST, &Uri::from_static("/"), &headers), expected, "{name}");
    }
}

#[test]
fn every_refusal_says_what_is_wrong() {
    for (error, status) in [
        (FramingError::UnknownTransferCoding, 501),
        (FramingError::MalformedTransferEncoding, 400),
        (FramingError::UnexpectedTransferEncoding, 400),
        (FramingError::MalformedContentLength, 400),
        (FramingError::TargetForm, 400),
    ] {
        assert_eq!(error.status(), status);
        assert!(!error.detail().is_empty());
    }
}
