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

use super::{cases::CASES, *};

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
