//! The fixture's handlers.

use std::{future, time::Duration};

use axum::{
    Json,
    extract::Path,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Html, IntoResponse},
};
use serde_json::{Value, json};
use testudo::{ClientIp, CspNonce, RequestId, prelude::*};
use tracing::Instrument;

use crate::shields::{Label, Read, User};

/// Long enough to be worth compressing.
const LONG: usize = 4_096;

pub(crate) async fn hello() -> &'static str {
    "hello"
}

pub(crate) async fn named(Path(id): Path<String>) -> String {
    id
}

pub(crate) async fn user(Passed(user): Passed<User>, id: RequestId) -> String {
    tracing::info!(user = user.0, "a guarded page is read");
    format!("{} {}", user.0, id.as_str())
}

pub(crate) async fn label(Passed(Label(label)): Passed<Label>) -> String {
    label
}

pub(crate) async fn size(Passed(read): Passed<Read>) -> String {
    read.0.to_string()
}

pub(crate) async fn echo_json(Json(value): Json<Value>) -> Json<Value> {
    Json(value)
}

pub(crate) async fn bug() -> &'static str {
    panic!("a bug with a secret: hunter2")
}

pub(crate) async fn failing() -> Problem {
    Problem::internal("the disk says: no space on /dev/sda1")
}

pub(crate) async fn unavailable() -> Problem {
    Problem::unavailable("the store says: connection refused by 10.1.2.3")
}

pub(crate) async fn hangs() -> &'static str {
    tracing::info!("hanging");
    future::pending().await
}

pub(crate) async fn delayed(Path(ms): Path<u64>) -> &'static str {
    tracing::info!("delayed");
    tokio::time::sleep(Duration::from_millis(ms)).await;
    "late"
}

pub(crate) async fn spawned() -> &'static str {
    let work = async { tracing::info!("from a task that was spawned") };
    let _ = tokio::spawn(work.in_current_span()).await;
    tracing::info!("from the handler");
    "spawned"
}

pub(crate) async fn address(ClientIp(address): ClientIp) -> String {
    address.to_string()
}

/// The host as a handler finds it.
pub(crate) async fn host(headers: HeaderMap) -> String {
    let hosts = headers.get_all(header::HOST).iter().map(|host| String::from_utf8_lossy(host.as_bytes()));
    hosts.collect::<Vec<_>>().join(", ")
}

/// Fields that a service should not send.
pub(crate) async fn leaky() -> impl IntoResponse {
    let fields = [
        ("x-powered-by", "Fixture/1.0"),
        ("access-control-allow-origin", "*"),
        ("access-control-allow-credentials", "true"),
        ("x-frame-options", "ALLOWALL"),
        ("referrer-policy", "unsafe-url"),
        ("x-request-id", "made-up"),
        ("strict-transport-security", "max-age=1"),
    ];
    let fields = fields.map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    (axum::response::AppendHeaders(fields), "leaky")
}

pub(crate) async fn page(nonce: CspNonce) -> Html<String> {
    Html(format!("<!doctype html><script nonce=\"{nonce}\">document.title = 'hello'</script>"))
}

pub(crate) async fn long() -> Json<Value> {
    Json(json!({ "long": "x".repeat(LONG) }))
}

pub(crate) async fn cookie() -> impl IntoResponse {
    ([(header::SET_COOKIE, "session=1")], long().await)
}

pub(crate) async fn no_transform() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "private, No-Transform")], long().await)
}

pub(crate) async fn short() -> Json<Value> {
    Json(json!({ "short": true }))
}
