//! Keys that are published elsewhere, changed, and out of reach.

use std::time::Duration;

use serde_json::{Value, json};
use testudo::prelude::*;
use testudo_testkit::{MockClock, TestService};

use super::{
    super::{Token, bearer},
    fixture::*,
    published::*,
};

/// Waits until a request in the background has ended: nothing tells, so that it is asked for.
async fn until(condition: impl Fn() -> bool) {
    let patience = Duration::from_secs(20);
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(patience, wait).await.expect("it happens");
}

#[tokio::test]
async fn keys_are_fetched_once_for_many_requests() {
    let key = Named::new("a");
    let published = Published::start(Answer::Keys(vec![key.published()])).await;
    let guard = published.guard(&["ES256"]);
    let token = key.token();
    let requests = (0..64).map(|_| {
        let (guard, token) = (guard.clone(), token.clone());
        tokio::spawn(async move { guard.token(&token).await })
    });
    for request in requests.collect::<Vec<_>>() {
        assert_eq!(request.await.unwrap(), Outcome::Passed);
    }
    assert_eq!(published.asked(), 1);
}

#[tokio::test]
async fn a_readiness_check_fetches_keys_before_the_first_token() {
    let key = Named::new("a");
    let mut published = Published::start(Answer::Keys(vec![key.published()])).await;
    let clock = MockClock::default();
    let settings = settings(json!({"jwks_url": published.url(), "algorithms": ["ES256"]})).unwrap();
    let customers = bearer::<Customer>(settings).clock(clock.clock());
    let keys = customers.keys();
    published.kill().await;
    let why = keys.clone().ready().await.unwrap_err();
    assert!(why.starts_with("the key server cannot be asked: "), "{why}");
    published.start_again().await;
    clock.advance(Duration::from_secs(10));
    assert_eq!(keys.clone().ready().await, Ok(()));
    published.kill().await;
    assert_eq!(keys.ready().await, Ok(()), "there are keys");

    let stack = Stack::new().shield(customers);
    let routes: Router = Router::new().route("/", stack.get(async |_: Passed<Token<Customer>>| "in"));
    let service = TestService::start(routes, ()).await;
    service.get("/").bearer(&key.token()).await.status(200);
    service.get("/").bearer(&Named::new("b").token()).await.status(503).header("retry-after", "5");
    assert_eq!(published.asked(), 1);
}

#[tokio::test]
async fn a_new_key_is_fetched_once_and_unknown_ones_do_not_ask_again() {
    let (old, new) = (Named::new("old"), Named::new("new"));
    let published = Published::start(Answer::Keys(vec![old.published()])).await;
    let guard = published.guard(&["ES256"]);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    published.answer_with(Answer::Keys(vec![old.published(), new.published()]));
    assert_eq!(guard.token(&new.token()).await, Outcome::Passed);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    assert_eq!(published.asked(), 2);

    for number in 0..1_000 {
        let made_up = old.0.token(&format!("made-up-{number}"));
        assert_eq!(guard.token(&made_up).await, Outcome::Invalid);
    }
    assert_eq!(published.asked(), 2, "asked for an unknown key within the cool-down");

    guard.advance(10);
    let made_up = old.0.token("made-up");
    assert_eq!(guard.token(&made_up).await, Outcome::Invalid);
    assert_eq!(published.asked(), 3);
    guard.advance(59);
    assert_eq!(guard.token(&made_up).await, Outcome::Invalid);
    assert_eq!(published.asked(), 3, "asked again for a key that was not there");
    guard.advance(1);
    assert_eq!(guard.token(&made_up).await, Outcome::Invalid);
    assert_eq!(published.asked(), 4);
}

#[tokio::test]
async fn what_cannot_be_there_is_not_asked_for() {
    let key = Named::new("a");
    let published = Published::start(Answer::Keys(vec![key.published()])).await;
    let guard = published.guard(&["ES256"]);
    assert_eq!(guard.token(&key.token()).await, Outcome::Passed);
    let other = SigningKey::p384();
    for (name, token) in [
        ("an algorithm that is not used", other.token("b")),
        ("the key's name with another algorithm", other.token("a")),
        ("HMAC", SigningKey::secret(jsonwebtoken::Algorithm::HS256, &[7; 32]).token("a")),
        ("garbage", "a.b.c".to_owned()),
    ] {
        assert_eq!(guard.token(&token).await, Outcome::Invalid, "{name}");
    }
    assert_eq!(published.asked(), 1);
}

#[tokio::test]
async fn while_the_key_server_is_down_known_keys_work_and_unknown_ones_fail() {
    let (old, new) = (Named::new("old"), Named::new("new"));
    let mut published = Published::start(Answer::Keys(vec![old.published()])).await;
    let guard = published.guard(&["ES256"]);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);

    published.kill().await;
    assert_eq!(guard.token(&new.token()).await, Outcome::Failed);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    assert_eq!(guard.token("a.b.c").await, Outcome::Invalid);
    for _ in 0..10 {
        guard.advance(3_600);
        assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
        assert_eq!(guard.token(&new.token()).await, Outcome::Failed);
    }

    published.answer_with(Answer::Keys(vec![new.published()]));
    published.start_again().await;
    guard.advance(10);
    assert_eq!(guard.token(&new.token()).await, Outcome::Passed);
    assert_eq!(guard.token(&old.token()).await, Outcome::Invalid, "the old one is withdrawn");
    guard.advance(10);
    assert_eq!(guard.token(&old.0.token("made-up")).await, Outcome::Invalid, "the failure is over");
}

#[tokio::test]
async fn keys_that_are_too_old_are_not_used() {
    let key = Named::new("a");
    let mut published = Published::start(Answer::Keys(vec![key.published()])).await;
    let members = json!({"jwks_url": published.url(), "algorithms": ["ES256"], "jwks_keep": "2h"});
    let guard = Guard::new(settings(members).unwrap());
    assert_eq!(guard.token(&key.token()).await, Outcome::Passed);
    published.kill().await;
    guard.advance(2 * 3_600 - 1);
    assert_eq!(guard.token(&key.token()).await, Outcome::Passed);
    guard.advance(1);
    assert_eq!(guard.token(&key.token()).await, Outcome::Failed);
    published.start_again().await;
    guard.advance(10);
    assert_eq!(guard.token(&key.token()).await, Outcome::Passed);
}

#[tokio::test]
async fn keys_are_refreshed_while_the_old_ones_are_used() {
    let (old, new) = (Named::new("old"), Named::new("new"));
    let published = Published::start(Answer::Keys(vec![old.published()])).await;
    let guard = published.guard(&["ES256"]);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);

    // Its answer does not come yet, and nobody waits for it.
    published.answer_with(Answer::Keys(vec![new.published()]));
    let permits = published.shared.open.available_permits();
    published.shared.open.forget_permits(permits);
    guard.advance(15 * 60);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    until(|| published.asked() == 2).await;
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    published.shared.open.add_permits(1_000);
    assert_eq!(guard.token(&new.token()).await, Outcome::Passed, "it waits for the request under way");
    assert_eq!(guard.token(&old.token()).await, Outcome::Invalid);
    assert_eq!(published.asked(), 3, "the withdrawn key is asked for once");
}

#[tokio::test]
async fn a_key_that_is_published_while_an_answer_is_under_way_is_asked_for_again() {
    let (old, new) = (Named::new("old"), Named::new("new"));
    let published = Published::start(Answer::Keys(vec![old.published()])).await;
    let guard = published.guard(&["ES256"]);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    let permits = published.shared.open.available_permits();
    published.shared.open.forget_permits(permits);
    guard.advance(15 * 60);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    until(|| published.asked() == 2).await;

    published.answer_with(Answer::Keys(vec![old.published(), new.published()]));
    let token = new.token();
    let request = guard.token(&token);
    let open = async {
        // It runs after the request has joined the fetch.
        published.shared.open.add_permits(1_000);
    };
    let (outcome, ()) = tokio::join!(biased; request, open);
    assert_eq!(outcome, Outcome::Passed);
    assert_eq!(published.asked(), 3);
}

#[tokio::test]
async fn keys_nobody_asked_about_for_long_are_fetched_before_they_are_used() {
    let (old, new) = (Named::new("old"), Named::new("new"));
    let published = Published::start(Answer::Keys(vec![old.published()])).await;
    let guard = published.guard(&["ES256"]);
    assert_eq!(guard.token(&old.token()).await, Outcome::Passed);
    published.answer_with(Answer::Keys(vec![new.published()]));
    guard.advance(30 * 60);
    assert_eq!(guard.token(&old.token()).await, Outcome::Invalid);
}

#[tokio::test]
async fn a_client_that_leaves_does_not_end_the_request_of_others() {
    let key = Named::new("a");
    let published = Published::start(Answer::Keys(vec![key.published()])).await;
    let permits = published.shared.open.available_permits();
    published.shared.open.forget_permits(permits);
    let guard = published.guard(&["ES256"]);
    let first = tokio::spawn({
        let (guard, token) = (guard.clone(), key.token());
        async move { guard.token(&token).await }
    });
    until(|| published.asked() == 1).await;
    let second = tokio::spawn({
        let (guard, token) = (guard.clone(), key.token());
        async move { guard.token(&token).await }
    });
    first.abort();
    let _ = first.await;
    published.shared.open.add_permits(1_000);
    assert_eq!(second.await.unwrap(), Outcome::Passed);
    assert_eq!(published.asked(), 1);
}

#[tokio::test]
async fn an_answer_that_is_no_key_set_is_a_failure() {
    let key = Named::new("a");
    let good = Published::start(Answer::Keys(vec![key.published()])).await;
    let set = json!({"keys": [key.published()]}).to_string();
    let many = vec![key.published(); 101];
    for (name, answer) in [
        ("an error", Answer::Status(500, vec![key.published()])),
        ("not found", Answer::Status(404, vec![key.published()])),
        ("something like keys", Answer::Status(203, vec![key.published()])),
        ("a redirect", Answer::Redirect(good.url())),
        ("no JSON", Answer::Text("<html>".to_owned())),
        ("a list", Answer::Text("[]".to_owned())),
        ("no keys", Answer::Keys(vec![])),
        ("too many keys", Answer::Keys(many)),
        ("keys twice", Answer::Text(format!("{{\"keys\":[],{}", &set[1..]))),
        ("too large", Answer::Text(format!("{}{set}", " ".repeat(256 * 1_024)))),
        ("a secret", Answer::Keys(vec![json!({"kty": "oct", "kid": "a", "k": encode([7; 32])})])),
        ("a private key", Answer::Keys(vec![key.0.published(json!({"kid": "a", "d": "AAAA"}))])),
        (
            "a key of another algorithm",
            Answer::Keys(vec![key.0.published(json!({"kid": "a", "alg": "ES384"}))]),
        ),
        ("a key for encryption", Answer::Keys(vec![key.0.published(json!({"kid": "a", "use": "enc"}))])),
    ] {
        let published = Published::start(answer).await;
        let guard = published.guard(&["ES256"]);
        assert_eq!(guard.token(&key.token()).await, Outcome::Failed, "{name}");
        assert_eq!(guard.token(&key.token()).await, Outcome::Failed, "{name}, again");
        assert_eq!(published.asked(), 1, "{name}: asked again within the cool-down");
    }
    assert_eq!(good.asked(), 0, "a redirect is not followed");
}

#[tokio::test(start_paused = true)]
async fn a_key_server_that_does_not_answer_is_not_waited_for_long() {
    let key = Named::new("a");
    let published = Published::start(Answer::Keys(vec![key.published()])).await;
    let permits = published.shared.open.available_permits();
    published.shared.open.forget_permits(permits);
    let guard = published.guard(&["ES256"]);
    let started = tokio::time::Instant::now();
    assert_eq!(guard.token(&key.token()).await, Outcome::Failed);
    assert_eq!(started.elapsed().as_secs(), 5);
}

#[tokio::test]
async fn keys_without_an_algorithm_are_pinned_by_their_type() {
    let (p256, ed) = (SigningKey::p256(), SigningKey::ed25519());
    let keys = vec![
        json!({"kty": "unheard of"}),
        json!("no key"),
        RSA.published(json!({"kid": "rsa"})),
        p256.published(json!({"kid": "p256"})),
        ed.published(json!({"kid": "ed"})),
    ];
    let published = Published::start(Answer::Keys(keys)).await;
    let guard = published.guard(&["RS256", "PS256", "ES256"]);
    let rsa = |algorithm, kid| {
        let key = RSA.key.clone();
        SigningKey { algorithm, key, public: None, jwk: Value::Null }.token(kid)
    };
    use jsonwebtoken::Algorithm as Signature;
    for (name, token, expected) in [
        ("RS256", rsa(Signature::RS256, "rsa"), Outcome::Passed),
        ("PS256", rsa(Signature::PS256, "rsa"), Outcome::Passed),
        ("RS512, which is not used", rsa(Signature::RS512, "rsa"), Outcome::Invalid),
        ("ES256", p256.token("p256"), Outcome::Passed),
        ("EdDSA, which is not used", ed.token("ed"), Outcome::Invalid),
        ("another's name", p256.token("rsa"), Outcome::Invalid),
        ("no name, one key", p256.sign(&json!({"alg": "ES256"}), &claims()), Outcome::Passed),
    ] {
        assert_eq!(guard.token(&token).await, expected, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_are_changed_under_load_lead_to_no_wrong_answer() {
    const ROUNDS: usize = 20;
    let names: Vec<&'static str> = (0..=ROUNDS).map(|round| &*format!("key-{round}").leak()).collect();
    let keys: Vec<Named> = names.iter().map(|name| Named::new(name)).collect();
    let published = Published::start(Answer::Keys(vec![keys[0].published()])).await;
    let guard = published.guard(&["ES256"]);
    let stranger = Named::new(names[0]).token();
    let mut answers = 0;
    for pair in keys.windows(2) {
        let [old, new] = pair else { unreachable!("windows of two") };
        // Published first, then used.
        published.answer_with(Answer::Keys(vec![old.published(), new.published()]));
        let requests = (0..100).map(|number| {
            let guard = guard.clone();
            let (token, expected) = match number % 3 {
                0 => (old.token(), Outcome::Passed),
                1 => (new.token(), Outcome::Passed),
                _ => (stranger.clone(), Outcome::Invalid),
            };
            tokio::spawn(async move { assert_eq!(guard.token(&token).await, expected, "{number}") })
        });
        for request in requests.collect::<Vec<_>>() {
            request.await.unwrap();
            answers += 1;
        }
        guard.advance(60);
    }
    assert_eq!(answers, 100 * ROUNDS);
    assert!(published.asked() <= 3 * ROUNDS + 1, "asked {} times", published.asked());
}
