//! Passwords and tokens.

use std::time::Duration;

use serde_json::{Value, json};
use testudo::Environment;
use testudo_testkit::{Answer, MockClock, TestService};

use crate::suite::support::{Place, catalogue, start};

async fn sign_in(service: &TestService, username: &str, password: &str) -> Answer {
    service.post("/token").json(&json!({"username": username, "password": password})).await
}

fn token(answer: &Answer) -> String {
    let body: Value = answer.status(200).header("cache-control", "no-store").json();
    assert_eq!(body["token_type"], "bearer");
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(2), "{body}");
    body["access_token"].as_str().expect("a token").to_owned()
}

#[tokio::test]
async fn a_password_gets_a_token_of_its_user() {
    let (service, _place) = catalogue().await;
    for name in ["admin", "user1", "guest"] {
        let first = token(&sign_in(&service, name, &format!("{name}_password")).await);
        let second = token(&sign_in(&service, name, &format!("{name}_password")).await);
        assert_ne!(first, second);
        assert_eq!(first.len(), 64);
        for token in [first, second] {
            let me: Value = service.get("/me").bearer(&token).await.status(200).json();
            assert_eq!(me["username"], name);
            service.get("/me").header("x-api-token", &token).await.status(200);
        }
    }
}

#[tokio::test]
async fn every_wrong_sign_in_gets_one_answer() {
    let (service, _place) = catalogue().await;
    let mut bodies = Vec::new();
    for (username, password) in [
        ("admin", "wrong"),
        ("admin", "user1_password"),
        ("admin", "ADMIN_PASSWORD"),
        ("ADMIN", "admin_password"),
        ("nobody", "admin_password"),
        ("' OR 1=1 --", "x"),
    ] {
        let answer = sign_in(&service, username, password).await;
        answer
            .status(401)
            .header("www-authenticate", "Bearer")
            .problem()
            .detail("Incorrect username or password");
        bodies.push(answer.body_text());
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    sign_in(&service, "", "x").await.status(422).problem().error_in("body", "username");
    sign_in(&service, "admin", &"x".repeat(1_001)).await.status(422).problem().error_in("body", "password");
}

#[tokio::test]
async fn a_token_is_accepted_for_an_hour() {
    let (place, clock) = (Place::new(), MockClock::default());
    let service = start(place.surroundings(Environment::Development).with_clock(clock.clock())).await;
    let token = token(&sign_in(&service, "user1", "user1_password").await);

    clock.advance(Duration::from_secs(3_599));
    service.get("/me").bearer(&token).await.status(200);
    clock.advance(Duration::from_secs(1));
    service.get("/me").bearer(&token).await.status(401).problem().detail("Invalid API token");
    service.get("/me").bearer("user1_token").await.status(200);
}

#[tokio::test]
async fn guessing_is_slowed_down_and_the_rest_of_the_service_is_not() {
    let (place, clock) = (Place::new(), MockClock::default());
    let service = start(place.surroundings(Environment::Development).with_clock(clock.clock())).await;
    for _ in 0..30 {
        service.post("/token").await.status(415);
    }
    let blocked = sign_in(&service, "user1", "user1_password").await;
    blocked.status(429).header("retry-after", "60").problem().shield("Sign-in Limit");
    service.get("/products").await.status(200);
    service.get("/me").bearer("user1_token").await.status(200);
    clock.advance(Duration::from_mins(1));
    sign_in(&service, "user1", "user1_password").await.status(200);
}

#[tokio::test]
async fn neither_tokens_nor_passwords_are_on_the_disk() {
    let (service, place) = catalogue().await;
    let token = token(&sign_in(&service, "user1", "user1_password").await);
    let disk = place.bytes();
    let holds = |secret: &str| disk.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
    assert!(holds("$argon2id$") && holds("user1@example.com"));
    for secret in [token.as_str(), "user1_token", "admin_token", "user1_password", "admin_password"] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn what_development_seeds_exists_nowhere_else() {
    for environment in [Environment::Test, Environment::Staging, Environment::Production] {
        let place = Place::new();
        let service = start(place.surroundings(environment)).await;
        service.get("/products").await.status(200).text("[]");
        service.get("/me").bearer("admin_token").await.status(401);
        sign_in(&service, "admin", "admin_password").await.status(401);
    }
}

#[tokio::test]
async fn a_database_seeded_in_development_lets_nobody_in_elsewhere() {
    let (service, place) = catalogue().await;
    let issued = token(&sign_in(&service, "admin", "admin_password").await);
    service.stop().await;
    let service = start(place.surroundings(Environment::Production)).await;
    for token in ["admin_token", &issued] {
        service.get("/me").bearer(token).await.status(401);
        service.delete("/products/1").bearer(token).await.status(401);
    }
    sign_in(&service, "admin", "admin_password").await.status(401);
}
