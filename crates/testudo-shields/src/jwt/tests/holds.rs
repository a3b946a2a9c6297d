//! Tokens that hold, and what the service learns from them.

use std::time::{Duration, SystemTime};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm as Signature;
use serde_json::json;
use testudo::prelude::*;
use testudo_core::Verdict;
use testudo_testkit::TestService;

use super::{
    super::{key::Key, *},
    fixture::*,
};

fn keys() -> Vec<SigningKey> {
    let rsa = |algorithm| SigningKey {
        algorithm,
        key: RSA.key.clone(),
        public: RSA.public.clone(),
        jwk: RSA.jwk.clone(),
    };
    vec![
        SigningKey::secret(Signature::HS256, &[7; 32]),
        SigningKey::secret(Signature::HS384, &[7; 48]),
        SigningKey::secret(Signature::HS512, &[7; 64]),
        rsa(Signature::RS256),
        rsa(Signature::RS384),
        rsa(Signature::RS512),
        rsa(Signature::PS256),
        rsa(Signature::PS384),
        rsa(Signature::PS512),
        SigningKey::p256(),
        SigningKey::p384(),
        SigningKey::ed25519(),
    ]
}

#[tokio::test]
async fn a_token_of_every_algorithm_holds_and_with_no_other_key_than_its_own() {
    let keys = keys();
    for key in &keys {
        let guard = Guard::of(key);
        let as_jwk = json!({"keys": {"main": {"algorithm": key.name(), "jwk": key.jwk.to_string()}}});
        let by_jwk = Guard::new(settings(as_jwk).unwrap());
        for other in &keys {
            let expected = if key.algorithm == other.algorithm { Outcome::Passed } else { Outcome::Invalid };
            let token = other.token("main");
            assert_eq!(guard.token(&token).await, expected, "{} at {}", other.name(), key.name());
            assert_eq!(by_jwk.token(&token).await, expected, "{} at the JWK of {}", other.name(), key.name());
        }
    }
}

#[test]
fn a_key_checks_nothing_but_its_own_algorithm() {
    let key = Key::from_pem("main", Algorithm::RS256, RSA.public.as_deref().unwrap()).unwrap();
    let sign = |algorithm| jsonwebtoken::crypto::sign(b"message", &RSA.key, algorithm).unwrap();
    for (algorithm, signature, expected) in [
        (Algorithm::RS256, Signature::RS256, true),
        (Algorithm::PS256, Signature::PS256, false),
        (Algorithm::RS512, Signature::RS512, false),
        (Algorithm::RS256, Signature::PS256, false),
    ] {
        let signature = URL_SAFE_NO_PAD.decode(sign(signature)).unwrap();
        assert_eq!(key.verifies(algorithm, b"message", &signature), expected, "{algorithm:?}");
    }
}

#[tokio::test]
async fn the_scopes_of_a_token_are_a_text_or_a_list() {
    let key = SigningKey::ed25519();
    let guard = Guard::of(&key);
    for (name, scope, expected) in [
        ("none", json!(null), vec![]),
        ("one", json!("read"), vec!["read"]),
        ("several", json!("read write"), vec!["read", "write"]),
        ("spaces", json!("  read   write "), vec!["read", "write"]),
        ("a list", json!(["read", "write"]), vec!["read", "write"]),
        ("a list with two in one", json!(["read write"]), vec!["read write"]),
        ("another separator", json!("read,write"), vec!["read,write"]),
        ("a list of anything", json!(["read", 1, null]), vec![]),
        ("an object", json!({"read": true}), vec![]),
        ("a number", json!(1), vec![]),
    ] {
        let token = key.sign(&json!({"alg": "EdDSA"}), &claims_with(json!({ "scope": scope })));
        let Verdict::Pass(token) = guard.verdict(&token).await else { panic!("{name}: the token holds") };
        assert_eq!(token.scopes(), expected, "{name}");
    }
}

#[tokio::test]
async fn a_token_tells_what_it_says() {
    let key = SigningKey::ed25519();
    let claims = claims_with(json!({"aud": ["https://other.example.com", AUDIENCE]}));
    let Verdict::Pass(token) = Guard::of(&key).verdict(&key.sign(&json!({"alg": "EdDSA"}), &claims)).await
    else {
        panic!("the token holds")
    };
    assert_eq!((token.plan.as_str(), token.claims().plan.as_str()), ("pro", "pro"));
    assert_eq!((token.subject(), token.issuer(), token.id()), (Some("ann"), ISSUER, Some("t-7")));
    assert_eq!(token.audience(), ["https://other.example.com", AUDIENCE]);
    assert_eq!(token.expires_at(), SystemTime::UNIX_EPOCH + Duration::from_secs(NOW + 600));
    assert_eq!(token.issued_at(), Some(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)));
    let printed = format!("{:?}", token.clone());
    assert!(printed.contains(ISSUER) && !printed.contains("ann") && !printed.contains("pro"), "{printed}");
}

#[tokio::test]
async fn of_two_keys_the_one_that_is_named_counts() {
    let (old, new) = (SigningKey::p256(), SigningKey::p256());
    let other = SigningKey::ed25519();
    let keys = json!({"old": written(&old), "new": written(&new), "other": written(&other)});
    let guard = Guard::new(settings(json!({"keys": keys})).unwrap());
    let without = |key: &SigningKey| key.sign(&json!({"alg": key.name()}), &claims());
    for (name, token, expected) in [
        ("the old one", old.token("old"), Outcome::Passed),
        ("the new one", new.token("new"), Outcome::Passed),
        ("the old one under the new name", old.token("new"), Outcome::Invalid),
        ("the new one under the old name", new.token("old"), Outcome::Invalid),
        ("a name that is not there", old.token("older"), Outcome::Invalid),
        ("a name in another case", old.token("OLD"), Outcome::Invalid),
        ("no name, and one key", without(&other), Outcome::Passed),
        ("no name, and two keys", without(&old), Outcome::Invalid),
        ("another's name", old.token("other"), Outcome::Invalid),
    ] {
        assert_eq!(guard.token(&token).await, expected, "{name}");
    }
}

#[tokio::test]
async fn the_time_is_that_of_the_clock() {
    let key = SigningKey::ed25519();
    let guard = Guard::of(&key);
    let token = key.token("main");
    assert_eq!(guard.token(&token).await, Outcome::Passed);
    guard.advance(629);
    assert_eq!(guard.token(&token).await, Outcome::Passed);
    guard.advance(1);
    assert_eq!(guard.token(&token).await, Outcome::Invalid);
}

#[tokio::test]
async fn over_a_socket_the_answers_are_as_they_should_be() {
    let key = SigningKey::ed25519();
    let settings = settings(json!({"keys": {"main": written(&key)}})).unwrap();
    let shield = bearer::<Customer>(settings).clock(testudo_testkit::MockClock::default().clock());
    let customers = Stack::new().shield(shield);
    let maybe_settings = super::fixture::settings(json!({"keys": {"main": written(&key)}})).unwrap();
    let maybe = bearer::<Customer>(maybe_settings).clock(testudo_testkit::MockClock::default().clock());
    let anybody = Stack::public("a greeting").shield(maybe.optional());
    let routes: Router = Router::new()
        .route("/plan", customers.get(async |token: Passed<Token<Customer>>| token.0.plan.clone()))
        .route(
            "/",
            anybody.get(async |token: Passed<Option<Token<Customer>>>| token.0.is_some().to_string()),
        );
    let service = TestService::start(routes, ()).await;

    let token = key.token("main");
    service.get("/plan").bearer(&token).await.status(200).text("pro");
    service.get("/").bearer(&token).await.status(200).text("true");
    service.get("/").await.status(200).text("false");
    service.get("/").header("authorization", "Basic YTpi").await.status(200).text("false");
    service.get("/").bearer("garbage").await.status(401);
    for authorization in [None, Some("Basic YTpi")] {
        let call = service.get("/plan");
        let call = authorization.into_iter().fold(call, |call, value| call.header("authorization", value));
        let answer = call.await;
        answer.status(401).header("www-authenticate", "Bearer").problem().shield("JWT");
    }
    let answer = service.get("/plan").bearer("garbage").await;
    answer.status(401).header("www-authenticate", "Bearer error=\"invalid_token\"");
    answer.problem().shield("JWT").detail("the token is not valid");
    service
        .get("/plan")
        .header("authorization", "Bearer a")
        .header("authorization", "Bearer b")
        .await
        .status(401);
}
