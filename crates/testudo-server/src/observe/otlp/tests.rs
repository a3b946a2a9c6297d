use std::{
    io::{Read, Write},
    sync::Arc,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use opentelemetry_http::HttpClient;
use testudo_settings::LogFormat;
use tokio::sync::mpsc;

use super::*;
use crate::observe::{
    ids::{Caller, Ids},
    testing::{LONG, Observed, record},
};

fn ids(trace: Trace) -> Ids {
    Ids::named("r-1", trace)
}

fn trace(id: u128, caller: Option<Caller>) -> Trace {
    Trace { id, span: 0x0102_0304_0506_0708, caller }
}

fn settings(endpoint: &str) -> TraceSettings {
    let mut settings = TraceSettings::default();
    settings.otlp_endpoint = Some(endpoint.to_owned());
    settings
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_span_of_a_request_reaches_the_collector() {
    let (sender, mut received) = mpsc::unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| {
        sender.send((headers["content-type"].clone(), body)).unwrap();
        std::future::ready(StatusCode::OK)
    };
    let collector = Router::new().route("/v1/traces", post(take));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, collector).await });

    let observer = Arc::clone(&Observed::new(LogFormat::Json).observer);
    observer.export_to(Exporter::new(&settings(&endpoint), "catalogue", Some("1.2.3")).unwrap().unwrap());
    let caller = Caller { span: 0x1112_1314_1516_1718, is_sampled: true };
    let ids = ids(trace(0xfeed, Some(caller)));
    observer.finish(&record(&ids, &[]));
    assert!(tokio::task::spawn_blocking(move || observer.shutdown_export(LONG)).await.unwrap());

    let (content_type, body) = received.recv().await.unwrap();
    assert_eq!(content_type, "application/x-protobuf");
    let holds = |bytes: &[u8]| body.windows(bytes.len()).any(|window| window == bytes);
    for (what, bytes) in [
        ("trace id", &0xfeed_u128.to_be_bytes()[..]),
        ("span id", &0x0102_0304_0506_0708_u64.to_be_bytes()),
        ("parent", &0x1112_1314_1516_1718_u64.to_be_bytes()),
        ("name", b"GET /products/{id}"),
        ("service", b"catalogue"),
        ("status", b"http.response.status_code"),
    ] {
        assert!(holds(bytes), "{what} is not in {body:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_not_there_costs_no_request_and_shutdown_has_an_end() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let exporter = Arc::new(Exporter::new(&settings(&endpoint), "catalogue", None).unwrap().unwrap());
    for id in 1..10_000 {
        exporter.request(&record(&ids(trace(id, None)), &[]));
    }
    let limit = Duration::from_secs(1);
    let started = std::time::Instant::now();
    let own = Arc::clone(&exporter);
    tokio::task::spawn_blocking(move || own.shutdown(limit)).await.unwrap();
    assert!(started.elapsed() < LONG);
}

#[tokio::test]
async fn spans_that_are_lost_are_told_once_and_so_is_their_return() {
    let observed = Observed::new(LogFormat::Json);
    let _default = tracing::dispatcher::set_default(&observed.observer.logger().dispatch());
    let answers = [500, 503, 200, 200, 404];
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let service = std::thread::spawn(move || {
        for status in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assert!(stream.read(&mut [0; 4_096]).unwrap() > 0);
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let collector = Collector::new(Handle::current());
    let send = || collector.send_bytes(axum::http::Request::post(&url).body(Bytes::new()).unwrap());
    for _ in answers {
        send().await.unwrap();
    }
    service.join().unwrap();
    // Nobody is there any more, which is no news.
    assert!(send().await.is_err());
    let lost = "spans cannot be sent to `trace.otlp_endpoint`, and are lost";
    assert!(observed.observer.logger().flush(LONG));
    let lines = observed.captured.lines();
    let told = [lost, "spans are sent again", lost];
    let is_told = |(line, told): (&String, &str)| line.contains(&format!("\"message\":\"{told}\""));
    assert!(lines.len() == told.len() && lines.iter().zip(told).all(is_told), "{lines:#?}");
}

#[test]
fn an_endpoint_that_cannot_be_used_is_named_with_the_fix() {
    assert_eq!(traces_url("http://localhost:4318"), Ok("http://localhost:4318/v1/traces".to_owned()));
    assert_eq!(traces_url("http://otel:4318/in/"), Ok("http://otel:4318/in/v1/traces".to_owned()));
    for wrong in ["https://otel:4318", "localhost:4318", "", "grpc://x", "http://x/?a=b"] {
        let error = traces_url(wrong).unwrap_err();
        assert!(error.contains(&format!("`{wrong}`")) && error.contains("http://localhost:4318"), "{error}");
    }
    let error = traces_url("http://user:hunter2@otel:4318").unwrap_err();
    assert!(error.contains("names a user") && !error.contains("hunter2"), "{error}");
}

#[test]
fn the_caller_decides_what_is_sampled_and_else_the_share_does() {
    let half = 1_u128 << 63;
    let called = |is_sampled| Some(Caller { span: 1, is_sampled });
    for (name, id, caller, ratio, expected) in [
        ("all", u128::MAX, None, 1.0, true),
        ("none", 2, None, 0.0, false),
        ("below the share", half - 2, None, 0.5, true),
        ("above the share", half + 2, None, 0.5, false),
        ("the caller wants it", u128::MAX, called(true), 0.0, true),
        ("the caller does not", 2, called(false), 1.0, false),
        ("no trace", 0, called(true), 1.0, false),
    ] {
        assert_eq!(is_sampled(trace(id, caller), ratio), expected, "{name}");
    }
}
