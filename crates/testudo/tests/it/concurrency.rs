//! J. Concurrency and side effects.

use std::{convert::Infallible, sync::Arc};

use axum::{
    extract::{State, ws},
    http::{HeaderValue, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use testudo::{Dependency, Depends, ResponseHeaders, prelude::*};
use testudo_testkit::TestService;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Barrier,
};

use crate::fixture::{Counter, User, api_token, start};

async fn me(Passed(user): Passed<User>) -> String {
    user.name
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_interleaved_requests_each_see_their_own_user() {
    let user = Stack::new().shield(api_token);
    let (service, _) = start(Router::new().route("/", user.get(me))).await;
    let service = Arc::new(service);
    let callers: Vec<_> = (0..20)
        .map(|caller| {
            let service = service.clone();
            tokio::spawn(async move {
                for round in 0..500 {
                    match (caller + round) % 3 {
                        0 => service.get("/").header("x-api-token", "admin").await.status(200).text("ann"),
                        1 => service.get("/").header("x-api-token", "user").await.status(200).text("bob"),
                        _ => service
                            .get("/")
                            .await
                            .status(401)
                            .header("content-type", "application/problem+json"),
                    };
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
}

/// Is there once 200 requests want it: none of them may wait for another to finish.
struct Together;

#[derive(Clone)]
struct Meeting(Arc<Barrier>);

impl Dependency for Together {
    type From = (Passed<User>, State<Meeting>);
    type Error = Problem;

    async fn resolve((Passed(_), State(meeting)): Self::From) -> Result<Self, Problem> {
        meeting.0.wait().await;
        Ok(Self)
    }
}

#[shield(name = "Anybody", decides)]
fn anybody() -> Option<User> {
    Some(User { name: "anybody".to_owned(), roles: vec![] })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_requests_wait_for_their_dependencies_at_the_same_time() {
    async fn waits(_: Depends<Together>) -> &'static str {
        "met"
    }
    let stack = Stack::new().shield(anybody);
    let router = Router::new().route("/", stack.get(waits));
    let service = Arc::new(TestService::start(router, Meeting(Arc::new(Barrier::new(200)))).await);
    let calls: Vec<_> = (0..200)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move { service.get("/").await.status(200).text("met").code() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
}

#[shield(name = "Visit")]
fn remembers_the_visit(response: ResponseHeaders) -> bool {
    response.append(header::SET_COOKIE, HeaderValue::from_static("visited=1"));
    response.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    true
}

#[tokio::test]
async fn cookies_headers_status_and_spawned_work_reach_the_client_or_run_once() {
    async fn work(_: Passed<User>, State(counter): State<Counter>) -> impl IntoResponse {
        let (done, wait) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            counter.add();
            done.send(()).unwrap();
        });
        wait.await.unwrap();
        (StatusCode::ACCEPTED, [(header::SET_COOKIE, "own=1"), (header::CACHE_CONTROL, "public")], "accepted")
    }
    let user = Stack::new().shield(remembers_the_visit).shield(api_token);
    let (service, app) = start(Router::new().route("/", user.post(work))).await;

    let passed = service.post("/").header("x-api-token", "user").await;
    passed.status(202).text("accepted").header("cache-control", "no-store");
    assert_eq!(passed.header_values("set-cookie"), ["own=1", "visited=1"]);
    assert_eq!(app.resolved.get(), 1);

    let blocked = service.post("/").await;
    blocked.status(401).header("set-cookie", "visited=1").header("cache-control", "no-store");
    assert_eq!(app.resolved.get(), 1);
}

/// Sends raw bytes and reads until what was read contains `until`.
async fn raw(stream: &mut TcpStream, send: &[u8], until: &str) -> Vec<u8> {
    stream.write_all(send).await.unwrap();
    let mut read = Vec::new();
    let mut buffer = [0; 1_024];
    while !String::from_utf8_lossy(&read).contains(until) {
        let count = stream.read(&mut buffer).await.unwrap();
        assert!(count > 0, "closed after {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&buffer[..count]);
    }
    read
}

#[tokio::test]
async fn a_websocket_is_blocked_before_the_upgrade_or_carries_messages() {
    async fn echo(Passed(user): Passed<User>, upgrade: ws::WebSocketUpgrade) -> Response {
        upgrade.on_upgrade(async move |mut socket| {
            if let Some(Ok(ws::Message::Text(text))) = socket.recv().await {
                let _ = socket.send(ws::Message::text(format!("{}: {text}", user.name))).await;
            }
        })
    }
    let user = Stack::new().shield(api_token);
    let (service, _) = start(Router::new().route("/ws", user.get(echo))).await;
    let handshake = |token: &str| {
        format!(
            "GET /ws HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{token}\r\n"
        )
    };
    let mut blocked = TcpStream::connect(service.address()).await.unwrap();
    let answer = raw(&mut blocked, handshake("").as_bytes(), "}").await;
    assert!(answer.starts_with(b"HTTP/1.1 401"), "{}", String::from_utf8_lossy(&answer));

    let mut passed = TcpStream::connect(service.address()).await.unwrap();
    let answer = raw(&mut passed, handshake("x-api-token: user\r\n").as_bytes(), "\r\n\r\n").await;
    assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
    // A masked text frame "hi" with an all-zero mask (RFC 6455, section 5.2).
    let answer = raw(&mut passed, &[0x81, 0x82, 0, 0, 0, 0, b'h', b'i'], "bob: hi").await;
    assert_eq!(&answer[..2], [0x81, 7]);

    let plain = service.get("/ws").header("x-api-token", "user").await;
    plain.status(400).problem();
}

#[tokio::test]
async fn server_sent_events_stream_behind_a_shield() {
    async fn feed(
        Passed(user): Passed<User>,
    ) -> Sse<impl futures_util::Stream<Item = Result<Event, Infallible>>> {
        let first = Event::default().data(user.name);
        Sse::new(futures_util::StreamExt::chain(
            futures_util::stream::iter([Ok(first)]),
            futures_util::stream::pending(),
        ))
    }
    let user = Stack::new().shield(api_token);
    let (service, _) = start(Router::new().route("/feed", user.get(feed))).await;
    let mut stream = TcpStream::connect(service.address()).await.unwrap();
    let request = "GET /feed HTTP/1.1\r\nhost: test\r\nx-api-token: user\r\n\r\n";
    // The stream never ends; its first event arrives all the same.
    let answer = raw(&mut stream, request.as_bytes(), "data: bob").await;
    assert!(String::from_utf8_lossy(&answer).contains("text/event-stream"));
    service.get("/feed").await.status(401);
}
