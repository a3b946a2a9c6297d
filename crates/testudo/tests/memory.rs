//! Memory, in a process of its own: other tests would be measured, too.

use std::time::Duration;

use axum::{body::Body, http::HeaderMap};
use testudo::prelude::*;

#[derive(Clone)]
struct User;

#[shield(name = "API Token", decides, status = 401, detail = "Invalid API token")]
fn api_token(headers: HeaderMap) -> Option<User> {
    (headers.get("x-api-token")? == "user").then_some(User)
}

async fn me(_: Passed<User>) -> &'static str {
    "me"
}

/// Resident memory of this process, in KiB.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn a_hundred_thousand_blocked_requests_leave_nothing_behind() {
    let user = Stack::<()>::new().shield(api_token.timeout(Duration::from_secs(5)));
    let mut router = Router::new().route("/", user.get(me)).into_axum();
    let mut block = async |count: usize| {
        for n in 0..count {
            let request = axum::http::Request::get("/").header("x-api-token", format!("guess-{n}"));
            let request = request.body(Body::empty()).unwrap();
            let response = tower::Service::call(&mut router, request).await.unwrap();
            assert_eq!(response.status(), 401);
        }
    };
    block(10_000).await;
    let before = resident_kib();
    block(100_000).await;
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 2_048, "resident memory grew by {grown} KiB");
}
