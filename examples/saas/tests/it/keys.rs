//! API keys.

use std::time::Duration;

use testudo_testkit::{Answer, TestService};

use crate::common::{KEY_LIFETIME, start, token};

async fn about(service: &TestService, authorization: &str) -> Answer {
    service.get("/key").header("authorization", authorization).await
}

#[tokio::test]
async fn a_key_says_about_itself_everything_but_its_secret() {
    let (service, _clock) = start().await;
    let answer = service.get("/key").bearer(&token("acme_reader")).await;
    let body: serde_json::Value = answer.status(200).json();
    assert_eq!(body["key"], "acme_reader");
    assert_eq!(body["tenant"], "acme");
    assert_eq!(body["plan"], "free");
    assert_eq!(body["scopes"], serde_json::json!(["invoices:read"]));
    assert!(!answer.body_text().contains("secret"));
}

#[tokio::test]
async fn what_is_no_valid_key_is_refused_with_a_challenge() {
    let (service, _clock) = start().await;
    let invalid = r#"Bearer error="invalid_token""#;
    let cases = [
        ("another scheme", "Basic YTpi", "Bearer"),
        ("no secret", "Bearer acme_reader", invalid),
        ("an empty secret", "Bearer acme_reader.", invalid),
        ("a wrong secret", "Bearer acme_reader.secreT", invalid),
        ("a secret with more behind it", "Bearer acme_reader.secret.", invalid),
        ("an unknown prefix", "Bearer nobody.secret", invalid),
        ("an empty prefix", "Bearer .secret", invalid),
    ];
    for (name, authorization, challenge) in cases {
        let answer = about(&service, authorization).await;
        assert_eq!(answer.code(), 401, "{name}");
        answer.header("www-authenticate", challenge).problem().shield("API Key");
    }
    service.get("/key").await.status(401).header("www-authenticate", "Bearer");
    about(&service, "bearer acme_reader.secret").await.status(200);
}

#[tokio::test]
async fn a_key_is_valid_until_it_expires_and_only_its_holder_is_told() {
    let (service, clock) = start().await;
    let second = Duration::from_secs(1);
    clock.advance(KEY_LIFETIME.saturating_sub(second));
    about(&service, "Bearer acme_owner.secret").await.status(200);
    clock.advance(second);
    about(&service, "Bearer acme_owner.secret")
        .await
        .status(401)
        .problem()
        .detail("this API key has expired");
    about(&service, "Bearer acme_owner.wrong")
        .await
        .status(401)
        .problem()
        .detail("this API key is not valid");
}
