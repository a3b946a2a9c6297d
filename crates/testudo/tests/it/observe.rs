//! Shields that only say what they would have decided.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use testudo::{BoxError, Observed, ResponseHeaders, ShieldOutcome, prelude::*};
use testudo_testkit::{Events, TestService};

#[derive(Clone)]
struct Member;

#[shield(name = "Member", decides, status = 401)]
async fn member(headers: HeaderMap, response: ResponseHeaders) -> Result<Option<Member>, BoxError> {
    response.insert(HeaderName::from_static("x-calls-left"), HeaderValue::from_static("0"));
    match headers.get("x-mood").and_then(|mood| mood.to_str().ok()) {
        Some("hang") => std::future::pending().await,
        Some("panic") => panic!("a bad mood"),
        Some("err") => Err("a worse mood".into()),
        Some("block") => Ok(None),
        _ => Ok(Some(Member)),
    }
}

#[shield(name = "Counted")]
fn counted(response: ResponseHeaders) -> bool {
    response.insert(HeaderName::from_static("x-counted"), HeaderValue::from_static("1"));
    true
}

async fn seen(seen: Passed<Observed<Member>>) -> String {
    format!("{} {}", seen.outcome().as_str(), seen.would_pass())
}

#[tokio::test]
async fn one_that_is_given_up_leaves_nothing_behind() {
    let observed = member.observe().timeout(Duration::from_millis(20));
    let stack = Stack::public("until the members are told").shield(counted).shield(observed);
    let router: Router = Router::new().route("/", stack.get(async || "inside"));
    let service = TestService::start(router, ()).await;
    let answer = service.get("/").header("x-mood", "hang").await;
    answer.status(503).header("x-counted", "1").no_header("x-calls-left");
}

#[tokio::test]
async fn whatever_it_would_have_decided_the_request_goes_on_and_it_is_recorded() {
    let observed = member.timeout(Duration::from_millis(20)).observe();
    let stack = Stack::public("until the members are told").shield(counted).shield(observed);
    let events = Events::default();
    let router: Router = Router::new().route("/", stack.get(seen));
    assert!(!router.access_matrix().routes()[0].shields()[1].decides());
    let service = TestService::new(router, ()).listen(events.clone()).start().await;
    for (mood, outcome, text) in [
        ("good", ShieldOutcome::Success, "success true"),
        ("block", ShieldOutcome::Blocked, "blocked false"),
        ("err", ShieldOutcome::Error, "error false"),
        ("panic", ShieldOutcome::Error, "error false"),
        ("hang", ShieldOutcome::Timeout, "timeout false"),
    ] {
        let answer = service.get("/").header("x-mood", mood).await;
        answer.status(200).text(text);
        // What it says to the client stays unsaid; what others say does not.
        answer.no_header("x-calls-left").header("x-counted", "1");
        let heard = events.take();
        assert_eq!(heard.len(), 2, "{mood}");
        assert_eq!((heard[1].name.as_str(), heard[1].outcome), ("Member (observed)", outcome), "{mood}");
    }
}
