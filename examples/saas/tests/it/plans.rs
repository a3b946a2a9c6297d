//! Limits by plan.

use std::time::Duration;

use saas::store::Plan;
use testudo_testkit::TestService;

use crate::common::{start, token};

/// Uses up the minute of a key.
async fn exhaust(service: &TestService, key: &str, plan: Plan) {
    for request in 0..plan.requests_per_minute() {
        let answer = service.get("/key").bearer(&token(key)).await;
        assert_eq!(answer.code(), 200, "request {request} of {key}");
    }
}

#[tokio::test]
async fn every_guarded_route_is_limited_by_the_plan_and_says_when_to_come_back() {
    let (service, clock) = start().await;
    exhaust(&service, "acme_owner", Plan::Free).await;
    clock.advance(Duration::from_millis(20_500));
    for path in ["/key", "/acme/invoices", "/acme/invoices/1", "/acme/members", "/globex/invoices"] {
        let answer = service.get(path).bearer(&token("acme_owner")).await;
        answer.status(429).header("retry-after", "40");
        answer.problem().shield("Plan Limit").detail("this key's plan has 30 requests a minute");
    }
    for path in ["/acme/invoices", "/acme/members"] {
        service.post(path).bearer(&token("acme_owner")).await.status(429);
    }
    service.delete("/acme/invoices/1").bearer(&token("acme_owner")).await.status(429);
}

#[tokio::test]
async fn one_key_does_not_use_up_the_minute_of_another() {
    let (service, _clock) = start().await;
    exhaust(&service, "acme_owner", Plan::Free).await;
    service.get("/key").bearer(&token("acme_owner")).await.status(429);
    for other in ["acme_reader", "globex_owner"] {
        service.get("/key").bearer(&token(other)).await.status(200);
    }
}

#[tokio::test]
async fn a_larger_plan_has_more_requests() {
    let (service, _clock) = start().await;
    exhaust(&service, "globex_team", Plan::Team).await;
    service.get("/key").bearer(&token("globex_team")).await.status(429);
}

#[tokio::test]
async fn a_new_minute_has_all_requests_again() {
    let (service, clock) = start().await;
    exhaust(&service, "acme_owner", Plan::Free).await;
    clock.advance(Duration::from_millis(59_999));
    service.get("/key").bearer(&token("acme_owner")).await.status(429).header("retry-after", "1");
    clock.advance(Duration::from_millis(1));
    exhaust(&service, "acme_owner", Plan::Free).await;
    service.get("/key").bearer(&token("acme_owner")).await.status(429);
}

#[tokio::test]
async fn a_wrong_secret_uses_up_nothing() {
    let (service, _clock) = start().await;
    for _ in 0..2 * Plan::Free.requests_per_minute() {
        service.get("/key").bearer("acme_owner.wrong").await.status(401);
    }
    let body: serde_json::Value = service.get("/key").bearer(&token("acme_owner")).await.status(200).json();
    assert_eq!(body["remaining_this_minute"], Plan::Free.requests_per_minute() - 1);
}
