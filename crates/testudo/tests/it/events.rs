//! Shield events, the report of a request, and what nobody listening costs.

use std::time::Duration;

use axum::http::HeaderMap;
use testudo::{BoxError, ShieldOutcome, ShieldReport, prelude::*};
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

#[tokio::test]
async fn the_report_of_a_request_is_in_its_response() {
    let stack = Stack::new().shield(api_token.or(api_token)).shield(is_admin);
    let router =
        Router::new().route("/", stack.get(ok)).report_shields().into_axum().with_state(App::default());
    let request = axum::http::Request::get("/").header("x-api-token", "user");
    let request = request.body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let report = response.extensions().get::<ShieldReport>().unwrap();
    let lines: Vec<_> =
        report.shields().iter().map(|line| format!("{}: {}", line.name, line.outcome.as_str())).collect();
    assert_eq!(lines, ["API Token: success", "Admin: blocked"]);
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

#[tokio::test]
async fn without_a_listener_there_is_no_report() {
    let user = Stack::new().shield(api_token);
    let router = Router::new().route("/", user.get(ok)).into_axum().with_state(App::default());
    let request = axum::http::Request::get("/").body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert!(response.extensions().get::<ShieldReport>().is_none());
}
