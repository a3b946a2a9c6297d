//! A. Verdict and rejection.

use std::sync::{Arc, Mutex};

use axum::{
    Json,
    http::{HeaderMap, StatusCode, request::Parts},
    response::IntoResponse,
};
use serde_json::json;
use testudo::{BoxError, prelude::*};
use testudo_testkit::TestService;

use crate::fixture::{App, api_token, behind, ok, start};

#[shield(decides)]
fn locked_door() -> bool {
    false
}

#[tokio::test]
async fn an_unnamed_shield_blocks_with_the_name_of_its_function() {
    let service = behind(&Stack::new().shield(locked_door)).await;
    let answer = service.get("/").await;
    answer.status(403).problem().detail("Shield `locked_door` blocks the request").shield("locked_door");
}

#[shield(name = "Front Door", decides)]
fn front_door() -> Option<u8> {
    None
}

#[tokio::test]
async fn a_named_shield_blocks_with_its_name() {
    let service = behind(&Stack::new().shield(front_door)).await;
    let answer = service.get("/").await;
    answer
        .status(403)
        .problem()
        .detail("Shield `Front Door` blocks the request")
        .shield("Front Door")
        .member("title", "Forbidden")
        .member("type", "about:blank")
        .member("instance", "/");
}

#[tokio::test]
async fn a_pass_leaves_the_handlers_answer_untouched() {
    async fn teapot() -> impl IntoResponse {
        (StatusCode::IM_A_TEAPOT, [("x-own", "yes")], "short and stout")
    }
    let user = Stack::new().shield(api_token);
    let (service, _) = start(Router::new().route("/", user.get(teapot))).await;
    let answer = service.get("/").header("x-api-token", "user").await;
    answer.status(418).header("x-own", "yes").text("short and stout");
}

#[tokio::test]
async fn a_configured_status_and_detail_are_sent_with_a_challenge() {
    let service = behind(&Stack::new().shield(api_token)).await;
    let answer = service.get("/").header("x-api-token", "bad").await;
    answer.status(401).header("www-authenticate", "Shield realm=\"API Token\"");
    answer.problem().detail("Invalid API token");
}

#[shield(decides, header("X-Shield-Blocked" = "true"), body = "no entry")]
fn with_text() -> bool {
    false
}

#[shield(decides, status = 402, content_type = "application/json", body = r#"{"pay":"now"}"#)]
fn with_json() -> bool {
    false
}

#[tokio::test]
async fn a_configured_body_is_sent_exactly_with_the_extra_headers() {
    let service = behind(&Stack::new().shield(with_text)).await;
    let answer = service.get("/").await;
    answer.status(403).header("x-shield-blocked", "true").header("content-type", "text/plain; charset=utf-8");
    answer.text("no entry");

    let service = behind(&Stack::new().shield(with_json)).await;
    service.get("/").await.status(402).header("content-type", "application/json").text(r#"{"pay":"now"}"#);
}

fn by_request(parts: &Parts, block: &Block) -> impl IntoResponse + use<> {
    (block.status_code(), Json(json!({ "path": parts.uri.path(), "why": format!("{:?}", block.reason()) })))
}

#[shield(decides, status = 401, rejection = by_request)]
fn depends_on_the_request(headers: HeaderMap) -> Result<Option<u8>, Block> {
    if headers.contains_key("x-key") { Ok(None) } else { Err(Block::missing()) }
}

#[tokio::test]
async fn a_rejection_may_depend_on_the_request_and_the_reason() {
    let service = behind(&Stack::new().shield(depends_on_the_request)).await;
    let answer = service.get("/").await;
    assert_eq!(answer.status(401).json::<serde_json::Value>(), json!({ "path": "/", "why": "Missing" }));
    answer.header("www-authenticate", "Shield realm=\"depends_on_the_request\"");
    let answer = service.get("/").header("x-key", "1").await;
    assert_eq!(answer.status(401).json::<serde_json::Value>(), json!({ "path": "/", "why": "Refused" }));
}

#[shield(decides, member("requirement" = json!({ "plan": plan })), detail = format!("the plan {plan} is needed"))]
fn on_plan(#[with] plan: &'static str) -> bool {
    false
}

#[tokio::test]
async fn detail_may_be_accompanied_by_extension_members() {
    let service = behind(&Stack::new().shield(on_plan("gold"))).await;
    let problem = service.get("/").await.status(403).problem();
    problem.detail("the plan gold is needed").member("requirement", json!({ "plan": "gold" }));
}

#[shield(name = "Own Words", decides, status = 401, detail = "the configured words")]
fn in_own_words(headers: HeaderMap) -> Result<Option<u8>, Block> {
    match headers.get("x-case").and_then(|case| case.to_str().ok()) {
        Some("404") => Err(Block::not_found("no such document")),
        Some("429") => Err(Block::too_many_requests(std::time::Duration::from_millis(1_200))),
        Some("422") => Err(Block::missing_header("x-tenant")),
        _ => Ok(None),
    }
}

#[tokio::test]
async fn a_block_in_the_authors_own_words_comes_before_the_configuration() {
    let service = behind(&Stack::new().shield(in_own_words)).await;
    service.get("/").await.status(401).problem().detail("the configured words");
    let answer = service.get("/").header("x-case", "404").await;
    answer.status(404).no_header("www-authenticate").problem().detail("no such document");
    service.get("/").header("x-case", "429").await.status(429).header("retry-after", "2");
    service.get("/").header("x-case", "422").await.status(422).problem().error_in("header", "x-tenant");
}

#[shield(name = "Flaky", decides)]
async fn flaky(headers: HeaderMap) -> Result<Option<u8>, BoxError> {
    match headers.get("x-case").and_then(|case| case.to_str().ok()) {
        Some("down") => Err("connection to 10.0.0.7 refused: secret-cause".into()),
        Some("panic") => panic!("secret-cause"),
        Some("block") => Err(Block::unauthorized("no").into()),
        _ => Ok(Some(1)),
    }
}

#[tokio::test]
async fn a_shield_that_cannot_decide_never_passes_and_leaks_nothing() {
    let service = behind(&Stack::new().shield(flaky)).await;
    service.get("/").await.status(200);
    service.get("/").header("x-case", "block").await.status(401).problem().detail("no");
    for (case, status) in [("down", 503), ("panic", 500)] {
        let answer = service.get("/").header("x-case", case).await;
        answer.status(status).problem().no_member("detail");
        assert!(!answer.body_text().contains("secret-cause"), "{}", answer.body_text());
        assert_eq!(answer.header_value("retry-after").is_some(), status == 503, "{case}");
    }
}

/// Collects what is logged, without its timestamps.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Captured {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        use std::fmt::Write;
        struct Fields(String);
        impl tracing::field::Visit for Fields {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                let _ = write!(self.0, "{field}={value:?} ");
            }
        }
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        self.0.lock().unwrap().push(fields.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

#[tokio::test]
async fn the_cause_of_a_failure_is_logged_once() {
    let captured = Captured::default();
    let _guard = tracing::subscriber::set_default(captured.clone());
    let service = behind(&Stack::new().shield(flaky)).await;
    service.get("/?token=t0psecret").header("x-case", "down").await.status(503);
    let lines: Vec<String> =
        captured.0.lock().unwrap().iter().filter(|line| line.contains("secret-cause")).cloned().collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].contains("url.path=\"/\"") && !lines[0].contains("t0psecret"), "{}", lines[0]);
    assert!(
        lines[0].contains("shield.name=\"Flaky\" ") && lines[0].contains("method=\"GET\""),
        "{}",
        lines[0]
    );
}

#[tokio::test]
async fn a_failure_that_an_alternative_hides_is_logged_too() {
    let captured = Captured::default();
    let _guard = tracing::subscriber::set_default(captured.clone());
    let service = behind(&Stack::new().shield(flaky.or(zero.map(|_| 1)))).await;
    service.get("/").header("x-case", "down").await.status(200);
    let lines = captured.0.lock().unwrap().clone();
    let logged = lines.iter().filter(|line| line.contains("secret-cause") && line.contains("Flaky")).count();
    assert_eq!(logged, 1, "{lines:#?}");
}

#[shield(decides)]
fn empty_text() -> Option<String> {
    Some(String::new())
}

#[shield(decides)]
fn zero() -> Option<u64> {
    Some(0)
}

#[shield(decides)]
fn untrue() -> Result<Option<bool>, BoxError> {
    Ok(Some(false))
}

#[shield(decides)]
fn empty_list() -> Verdict<Vec<u8>> {
    Verdict::Pass(Vec::new())
}

#[tokio::test]
async fn only_the_verdict_decides_and_never_the_value() {
    behind(&Stack::new().shield(empty_text)).await.get("/").await.status(200);
    behind(&Stack::new().shield(zero)).await.get("/").await.status(200);
    behind(&Stack::new().shield(untrue)).await.get("/").await.status(200);
    behind(&Stack::new().shield(empty_list)).await.get("/").await.status(200);
}

#[shield]
fn marked(response: testudo::ResponseHeaders) -> bool {
    response.insert(axum::http::header::AGE, 7.into());
    true
}

#[tokio::test]
async fn a_panic_in_a_handler_is_a_problem_without_its_text() {
    async fn explode() -> &'static str {
        panic!("secret-cause")
    }
    let open = Stack::public("to see it explode");
    let (service, _) = start(Router::new().route("/", open.get(explode)).route("/ok", open.get(ok))).await;
    let answer = service.get("/").await;
    answer.status(500).problem().no_member("detail").member("instance", "/");
    assert!(!answer.body_text().contains("secret-cause"));
    service.get("/ok").await.status(200);

    let marked = open.shield(marked);
    let (service, _) = start(Router::new().route("/", marked.get(explode))).await;
    service.get("/").await.status(500).header("age", "7");
}

#[tokio::test]
async fn any_error_of_a_handler_is_a_problem_without_its_text() {
    async fn read() -> Result<String, Problem> {
        Ok(std::fs::read_to_string("/no/such/secret-cause")?)
    }
    let open = Stack::public("nothing is there");
    let service = TestService::start(Router::<App>::new().route("/", open.get(read)), App::default()).await;
    let answer = service.get("/").await;
    answer.status(500).problem().no_member("detail");
    assert!(!answer.body_text().contains("No such file"));
}

/// Rejects with what its header says.
struct Picky;

impl<S: Sync> axum::extract::FromRequestParts<S> for Picky {
    type Rejection = axum::response::Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        match parts.headers.get("x-case").map(axum::http::HeaderValue::as_bytes) {
            Some(b"401") => Err(StatusCode::UNAUTHORIZED.into_response()),
            Some(b"422") => Err(StatusCode::UNPROCESSABLE_ENTITY.into_response()),
            Some(b"503") => Err(Problem::unavailable("secret-cause").into_response()),
            _ => Ok(Self),
        }
    }
}

#[shield(name = "Picky", decides, challenge = "Picky", header("x-shield-blocked" = "true"), body = "never this")]
fn picky(_: Picky) -> bool {
    true
}

#[tokio::test]
async fn what_an_extractor_of_a_shield_refuses_keeps_its_status_and_gets_the_shields_headers() {
    let service = behind(&Stack::new().shield(picky)).await;
    let answer = service.get("/").header("x-case", "401").await;
    answer.status(401).header("www-authenticate", "Picky").header("x-shield-blocked", "true");
    answer.problem().shield("Picky");
    let answer = service.get("/").header("x-case", "422").await;
    answer
        .status(422)
        .no_header("www-authenticate")
        .header("x-shield-blocked", "true")
        .problem()
        .shield("Picky");
    let answer = service.get("/").header("x-case", "503").await;
    answer.status(503).header("retry-after", "5").problem().no_member("detail");
}

#[shield]
fn frames_the_response(response: testudo::ResponseHeaders) -> Result<Option<()>, Block> {
    let (name, value) = (axum::http::header::CONTENT_LENGTH, axum::http::HeaderValue::from_static("3"));
    response.insert(name.clone(), value.clone());
    Err(Block::forbidden("no").header(name, value).header(axum::http::header::AGE, 1.into()))
}

#[tokio::test]
async fn a_header_that_frames_the_response_is_not_a_shields_to_set() {
    let stack = Stack::public("to see the header").shield(frames_the_response);
    let (service, _) = start(Router::new().route("/", stack.get(ok))).await;
    service.get("/").await.status(403).header("age", "1").problem().detail("no");
}

#[tokio::test]
async fn what_a_handler_makes_of_a_problem_stays_as_it_is() {
    async fn html() -> impl IntoResponse {
        let (mut parts, _) = Problem::not_found("no").into_response().into_parts();
        parts.headers.insert("content-type", axum::http::HeaderValue::from_static("text/html"));
        (parts, "<p>no</p>").into_response()
    }
    async fn other_status() -> impl IntoResponse {
        (StatusCode::GONE, Problem::not_found("no longer"))
    }
    let open = Stack::public("to see the answer");
    let (service, _) =
        start(Router::new().route("/html", open.get(html)).route("/gone", open.get(other_status))).await;
    service.get("/html").await.status(404).header("content-type", "text/html").text("<p>no</p>");
    service.get("/gone").await.status(410).problem().detail("no longer").member("instance", "/gone");
}
