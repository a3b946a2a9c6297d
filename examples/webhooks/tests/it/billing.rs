//! Deliveries of the billing provider.

use std::time::Duration;

use serde_json::{Value, json};
use webhooks::routes::CONTENT_MAX_BYTES;

use crate::common::{BILLING_SECRET, GITHUB_SECRET, billing, billing_header, payment, start};

const TOLERANCE_SECONDS: u64 = 300;

#[tokio::test]
async fn a_signed_payment_reaches_the_handler_parsed() {
    let (service, app, clock) = start().await;
    let body: Value =
        billing(&service, clock.clock().unix_seconds(), &payment("e-1")).await.status(200).json();
    assert_eq!(body, json!({ "invoice": "INV-7", "delivery": "processed" }));
    let events = app.payments.events();
    assert_eq!((events.len(), events[0].delivery(), events[0].cents), (1, "e-1", 4_200));
}

#[tokio::test]
async fn a_signature_is_worth_something_for_five_minutes() {
    let (service, app, clock) = start().await;
    let now = clock.clock().unix_seconds();
    let cases = [
        ("from now", now, 200),
        ("just recent", now - TOLERANCE_SECONDS, 200),
        ("stale", now - TOLERANCE_SECONDS - 1, 401),
        ("of a clock that is fast", now + TOLERANCE_SECONDS, 200),
        ("from the future", now + TOLERANCE_SECONDS + 1, 401),
        ("from the end of time", u64::MAX, 401),
        ("from its beginning", 0, 401),
    ];
    for (name, seconds, status) in cases {
        assert_eq!(billing(&service, seconds, &payment(name)).await.code(), status, "{name}");
    }
    assert_eq!(app.payments.events().len(), 3);
}

#[tokio::test]
async fn a_replayed_delivery_is_processed_once_and_later_refused() {
    let (service, app, clock) = start().await;
    let sent = clock.clock().unix_seconds();
    let receipt = async || -> Value {
        billing(&service, sent, &payment("e-1")).await.status(200).json::<Value>()["delivery"].take()
    };
    assert_eq!(receipt().await, "processed");
    assert_eq!(receipt().await, "repeated");
    clock.advance(Duration::from_secs(TOLERANCE_SECONDS));
    assert_eq!(receipt().await, "repeated");
    clock.advance(Duration::from_secs(1));
    let answer = billing(&service, sent, &payment("e-1")).await;
    answer.status(401).problem().detail("the signature is too old, or from the future");
    assert_eq!(app.payments.events().len(), 1);
}

#[tokio::test]
async fn what_the_provider_has_not_signed_is_refused_and_not_processed() {
    let (service, app, clock) = start().await;
    let (now, content) = (clock.clock().unix_seconds(), payment("e-1"));
    let good = billing_header(BILLING_SECRET, now, &content);
    let header = "`X-Signature` is not `t=SECONDS,v1=` and hexadecimal digits";
    let signature = "the signature is not that of this content";
    let cases = [
        ("the secret of another", billing_header(GITHUB_SECRET, now, &content), signature),
        ("the signature of another content", billing_header(BILLING_SECRET, now, b"{}"), signature),
        ("another time", good.replace(&format!("t={now}"), &format!("t={}", now + 1)), signature),
        ("half a signature", good[..good.len() - 32].to_owned(), signature),
        ("no signature", format!("t={now},v1="), signature),
        ("no time", good.replace(&format!("t={now}"), "t="), header),
        ("only a time", format!("t={now}"), header),
        ("no hexadecimal digits", format!("t={now},v1=xyz"), header),
        ("nothing", String::new(), header),
    ];
    for (name, value, detail) in cases {
        let answer = service.post("/hooks/billing").header("x-signature", &value).body(content.clone()).await;
        assert_eq!(answer.code(), 401, "{name}");
        answer.problem().detail(detail);
    }
    let missing = service.post("/hooks/billing").body(content).await;
    missing.status(401).problem().shield("Billing Header").detail("the header `X-Signature` is missing");
    assert!(app.payments.events().is_empty());
}

#[tokio::test]
async fn a_signed_content_that_does_not_fit_is_refused_with_the_reason() {
    let (service, app, clock) = start().await;
    let now = clock.clock().unix_seconds();
    let cases: [(&str, &[u8], u16); 3] = [
        ("no JSON", b"id", 400),
        ("a member is missing", b"{\"id\":\"e-1\"}", 422),
        ("another type", b"[1]", 422),
    ];
    for (name, content, status) in cases {
        let answer = billing(&service, now, content).await;
        assert_eq!(answer.code(), status, "{name}");
        answer.problem().shield("Billing Signature");
    }
    assert!(app.payments.events().is_empty());
}

#[tokio::test]
async fn content_beyond_the_limit_is_refused() {
    let (service, app, clock) = start().await;
    let content = vec![b' '; CONTENT_MAX_BYTES + 1];
    billing(&service, clock.clock().unix_seconds(), &content).await.status(413).problem();
    assert!(app.payments.events().is_empty());
}
