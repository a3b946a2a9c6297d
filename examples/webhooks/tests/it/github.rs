//! Deliveries of GitHub.

use serde_json::{Value, json};
use webhooks::routes::CONTENT_MAX_BYTES;

use crate::common::{BILLING_SECRET, GITHUB_SECRET, github, hmac, push, start, unsigned};

#[tokio::test]
async fn a_signed_push_reaches_the_handler_parsed() {
    let (service, app, _clock) = start().await;
    let body: Value = github(&service, "d-1", &push()).await.status(200).json();
    assert_eq!(body, json!({ "repository": "octocat/hello", "delivery": "processed" }));
    let events = app.pushes.events();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].delivery(), "d-1");
    assert_eq!(events[0].reference, "refs/heads/main");
    assert_eq!(events[0].after, "6dcb09b5b57875f334f61aebed695e2e4193db5e");
}

#[tokio::test]
async fn the_example_of_the_documentation_has_the_signature_it_prints() {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries, "Testing the webhook payload validation"
    let signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(hmac("It's a Secret to Everybody", b"Hello, World!"), signature);
}

#[tokio::test]
async fn what_github_has_not_signed_is_refused_and_not_processed() {
    let (service, app, _clock) = start().await;
    let content = push();
    let good = hmac(GITHUB_SECRET, &content);
    let header = "`X-Hub-Signature-256` is not `sha256=` and hexadecimal digits";
    let signature = "the signature is not that of this content";
    let cases = [
        ("the secret of another", format!("sha256={}", hmac(BILLING_SECRET, &content)), signature),
        ("no secret", format!("sha256={}", hmac("", &content)), signature),
        ("the signature of another content", format!("sha256={}", hmac(GITHUB_SECRET, b"{}")), signature),
        ("half a signature", format!("sha256={}", &good[..32]), signature),
        ("an empty signature", "sha256=".to_owned(), signature),
        ("another algorithm", format!("sha1={good}"), header),
        ("no algorithm", good.clone(), header),
        (
            "no hexadecimal digits",
            format!("sha256={}", good.replace(|c: char| c.is_ascii_digit(), "x")),
            header,
        ),
    ];
    for (name, value, detail) in cases {
        let answer = unsigned(&service, "d-1", &content).header("x-hub-signature-256", &value).await;
        assert_eq!(answer.code(), 401, "{name}");
        assert!(answer.header_value("www-authenticate").is_some(), "{name}");
        answer.problem().detail(detail);
    }
    assert!(app.pushes.events().is_empty());
}

#[tokio::test]
async fn a_delivery_without_a_signature_is_refused_before_its_content_is_read() {
    let (service, app, _clock) = start().await;
    let answer = unsigned(&service, "d-1", &push()).await;
    answer
        .status(401)
        .problem()
        .shield("GitHub Header")
        .detail("the header `X-Hub-Signature-256` is missing");
    // Read, this would be too large.
    unsigned(&service, "d-1", &vec![b' '; CONTENT_MAX_BYTES + 1]).await.status(401);
    assert!(app.pushes.events().is_empty());
}

#[tokio::test]
async fn a_content_that_was_tampered_with_is_refused() {
    let (service, app, _clock) = start().await;
    let signature = format!("sha256={}", hmac(GITHUB_SECRET, &push()));
    let longer = [push(), b" ".to_vec()].concat();
    let other = String::from_utf8(push()).unwrap().replace("hello", "hullo").into_bytes();
    for content in [longer, other, Vec::new()] {
        let answer = unsigned(&service, "d-1", &content).header("x-hub-signature-256", &signature).await;
        answer.status(401).problem().shield("GitHub Signature");
    }
    assert!(app.pushes.events().is_empty());
}

#[tokio::test]
async fn a_repeated_delivery_is_answered_and_processed_once() {
    let (service, app, _clock) = start().await;
    github(&service, "d-1", &push()).await.status(200);
    let body: Value = github(&service, "d-1", &push()).await.status(200).json();
    assert_eq!(body["delivery"], "repeated");
    assert_eq!(app.pushes.events().len(), 1);
    let body: Value = github(&service, "d-2", &push()).await.status(200).json();
    assert_eq!(body["delivery"], "processed");
    assert_eq!(app.pushes.events().len(), 2);
}

#[tokio::test]
async fn deliveries_at_the_same_time_are_processed_once() {
    let (service, app, _clock) = start().await;
    let calls: Vec<_> =
        (0..8).map(|_| tokio::spawn(github(&service, "d-1", &push()).into_future())).collect();
    let mut processed = 0;
    for call in calls {
        let body: Value = call.await.unwrap().status(200).json();
        processed += usize::from(body["delivery"] == "processed");
    }
    assert_eq!((processed, app.pushes.events().len()), (1, 1));
}

#[tokio::test]
async fn only_so_many_deliveries_are_remembered_and_the_oldest_is_forgotten_first() {
    let (service, app, _clock) = start().await;
    for delivery in 0..=1_000 {
        github(&service, &delivery.to_string(), &push()).await.status(200);
    }
    let events = app.pushes.events();
    assert_eq!((events.len(), events[0].delivery()), (1_000, "1"));
}

#[tokio::test]
async fn a_signed_content_that_does_not_fit_is_refused_with_the_reason() {
    let (service, app, _clock) = start().await;
    let cases: [(&str, &[u8], u16); 5] = [
        ("no JSON", b"ref=main", 400),
        ("half of it", b"{\"ref\":", 400),
        ("nothing", b"", 400),
        ("another event", b"{\"zen\":\"Keep it logically awesome.\"}", 422),
        ("another type", b"{\"ref\":1}", 422),
    ];
    for (name, content, status) in cases {
        let answer = github(&service, "d-1", content).await;
        assert_eq!(answer.code(), status, "{name}");
        answer.problem().shield("GitHub Signature");
    }
    assert!(app.pushes.events().is_empty());
}

#[tokio::test]
async fn a_signed_delivery_needs_an_id_and_the_right_kind() {
    let (service, app, _clock) = start().await;
    let content = push();
    let signature = format!("sha256={}", hmac(GITHUB_SECRET, &content));
    let cases = [
        ("no kind", None, Some("d-1".to_owned())),
        ("another kind", Some("ping"), Some("d-1".to_owned())),
        ("no id", Some("push"), None),
        ("an empty id", Some("push"), Some(String::new())),
        ("a long id", Some("push"), Some("x".repeat(65))),
    ];
    for (name, kind, delivery) in cases {
        let mut call =
            service.post("/hooks/github").header("x-hub-signature-256", &signature).body(content.clone());
        if let Some(kind) = kind {
            call = call.header("x-github-event", kind);
        }
        if let Some(delivery) = delivery {
            call = call.header("x-github-delivery", &delivery);
        }
        assert_eq!(call.await.code(), 422, "{name}");
    }
    assert!(app.pushes.events().is_empty());
}

#[tokio::test]
async fn content_is_read_up_to_its_limit() {
    let (service, app, _clock) = start().await;
    let padded = |bytes: usize| {
        let mut content = push();
        content.resize(bytes, b' ');
        content
    };
    github(&service, "d-1", &padded(CONTENT_MAX_BYTES)).await.status(200);
    github(&service, "d-2", &padded(CONTENT_MAX_BYTES + 1)).await.status(413).problem();
    assert_eq!(app.pushes.events().len(), 1);
}
