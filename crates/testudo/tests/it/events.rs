//! Shield events, the report of a request, and what nobody listening costs.

use std::time::Duration;

use axum::http::HeaderMap;
use testudo::{BoxError, RequestId, RequestInfo, ShieldOutcome, prelude::*};
use testudo_testkit::{Events, TestService};

use crate::fixture::{App, api_token, is_admin, ok};

#[shield(name = "Moody", decides)]
async fn moody(headers: HeaderMap) -> Result<Option<u8>, BoxError> {
    match headers.get("x-mood").and_then(|mood| mood.to_str().ok()) {
        Some("hang") => std::future::pending().await,
        Some("panic") => panic!("a bad mood"),
        Some("err") => Err("a worse mood".into()),
        _ => Ok(Some(1)),
    }
}

#[tokio::test]
async fn every_shield_run_is_heard_of_with_its_outcome_reason_and_order() {
    let stack =
        Stack::new().shield(moody.timeout(Duration::from_millis(20))).shield(api_token).shield(is_admin);
    let events = Events::default();
    let router = Router::new().route("/", stack.get(ok));
    let service = TestService::new(router, App::default()).listen(events.clone()).start().await;

    service.get("/").header("x-api-token", "user").await.status(403);
    let heard = events.take();
    let names: Vec<_> = heard.iter().map(|event| (event.name.as_str(), event.outcome, event.order)).collect();
    let expected = [
        ("Moody", ShieldOutcome::Success, 0),
        ("API Token", ShieldOutcome::Success, 1),
        ("Admin", ShieldOutcome::Blocked, 2),
    ];
    assert_eq!(names, expected);

    for (mood, outcome, reason, status) in [
        ("hang", ShieldOutcome::Timeout, "no verdict within 20ms", 503),
        ("panic", ShieldOutcome::Error, "panicked: a bad mood", 500),
        ("err", ShieldOutcome::Error, "a worse mood", 503),
    ] {
        service.get("/").header("x-mood", mood).await.status(status);
        let heard = events.take();
        assert_eq!(heard.len(), 1, "{mood}");
        assert_eq!((heard[0].outcome, heard[0].reason.as_deref()), (outcome, Some(reason)), "{mood}");
    }
}

fn lines(info: &RequestInfo) -> Vec<String> {
    info.shields().iter().map(|line| format!("{}: {}", line.name, line.outcome.as_str())).collect()
}

fn info() -> RequestInfo {
    RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None)
}

#[tokio::test]
async fn whoever_kept_the_info_of_a_request_reads_its_route_and_its_shields() {
    let stack = Stack::new().shield(api_token.or(api_token)).shield(is_admin);
    let router = Router::new().nest("/api", Router::new().route("/{id}", stack.get(ok)));
    let router = router.into_axum().with_state(App::default());
    let info = info();
    let request = axum::http::Request::get("/api/7").header("x-api-token", "user").extension(info.clone());
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(response.status(), 403);
    assert_eq!(info.route(), Some("/api/{id}"));
    assert_eq!(lines(&info), ["API Token: success", "Admin: blocked"]);
}

#[tokio::test]
async fn a_request_that_was_given_up_leaves_what_its_shields_had_done() {
    let stack = Stack::new().shield(api_token);
    let router = Router::new().route("/", stack.get(async || std::future::pending::<()>().await));
    let router = router.into_axum().with_state(App::default());
    let info = info();
    let request = axum::http::Request::get("/").header("x-api-token", "user").extension(info.clone());
    let request = request.body(axum::body::Body::empty()).unwrap();
    let answer = tower::ServiceExt::oneshot(router, request);
    let limit = std::time::Duration::from_millis(20);
    assert!(tokio::time::timeout(limit, answer).await.is_err());
    assert_eq!((info.route(), lines(&info)), (Some("/"), vec!["API Token: success".to_owned()]));
}

#[tokio::test]
async fn every_problem_names_the_request() {
    let user = Stack::new().shield(api_token);
    let router = Router::new().route("/me", user.get(ok)).into_axum().with_state(App::default());
    for (method, path, status) in [("GET", "/me", 401), ("GET", "/nowhere", 404), ("POST", "/me", 405)] {
        let request = axum::http::Request::builder().method(method).uri(path).extension(info());
        let request = request.body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(router.clone(), request).await.unwrap();
        assert_eq!(response.status(), status, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        let problem: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&problem["request_id"], &problem["instance"]), (&"r-7".into(), &path.into()));
    }
}

#[tokio::test]
async fn nested_and_merged_routers_are_heard_by_the_outer_and_the_inner_listener() {
    let (outer, inner) = (Events::default(), Events::default());
    let user = || Stack::<App>::new().shield(api_token);
    let api = Router::new().route("/x", user().get(ok)).on_shield(inner.clone());
    let side = Router::new().route("/y", user().get(ok));
    let router = Router::new().nest("/api", api).merge(side);
    let service = TestService::new(router, App::default()).listen(outer.clone()).start().await;
    service.get("/api/x").header("x-api-token", "user").await.status(200);
    service.get("/y").header("x-api-token", "user").await.status(200);
    assert_eq!(outer.take().len(), 2);
    assert_eq!(inner.take().len(), 1);
}
