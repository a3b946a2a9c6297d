use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use axum::{
    BoxError,
    http::{HeaderMap, HeaderName, HeaderValue, header},
};
use testudo::prelude::*;
use testudo_testkit::{MockClock, TestService};

use super::{
    presented::{NoKey, Presented, checksum, is_prefix},
    *,
};

/// Keys, and which were looked up.
#[derive(Clone, Default)]
struct Partners {
    keys: Arc<Mutex<HashMap<String, (StoredKey, &'static str)>>>,
    asked: Arc<Mutex<Vec<String>>>,
    down: bool,
}

impl Partners {
    fn add(&self, key: &ApiKey, stored: StoredKey, owner: &'static str) {
        self.keys.lock().unwrap().insert(key.public().to_owned(), (stored, owner));
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

impl Keys for Partners {
    type Owner = &'static str;
    type Error = BoxError;

    async fn find(&self, public: &str) -> Result<Option<(StoredKey, &'static str)>, BoxError> {
        self.asked.lock().unwrap().push(public.to_owned());
        if self.down {
            return Err(Block::forbidden("not by me").into());
        }
        Ok(self.keys.lock().unwrap().get(public).cloned())
    }
}

async fn who(Passed(partner): Passed<Keyed<&'static str>>) -> String {
    format!("{} {}", *partner, partner.public())
}

async fn start(partners: &Partners, header: Option<&str>) -> (TestService, MockClock) {
    let clock = MockClock::default();
    let partner = Stack::new().shield(api_key::<Partners>("partners").clock(clock.clock()));
    let routes: Router<Partners> = Router::new().route("/", partner.get(who));
    let settings = [("api_key.partners.prefix", "shop")].into_iter();
    testudo::bind(&routes, settings.chain(header.map(|name| ("api_key.partners.header", name)))).unwrap();
    (TestService::start(routes, partners.clone()).await, clock)
}

/// The key with one digit changed, at this place from the end, and a checksum that is right again.
fn forged(key: &str, place: usize) -> String {
    let mut body = key.as_bytes()[..key.len() - 8].to_vec();
    let at = body.len() - place;
    body[at] = if body[at] == b'0' { b'1' } else { b'0' };
    let body = String::from_utf8(body).unwrap();
    format!("{body}{}", checksum(&body))
}

#[tokio::test]
async fn a_key_passes_its_owner_and_every_refusal_is_the_same() {
    let partners = Partners::default();
    let now = MockClock::default().clock().now();
    let make = |owner, change: fn(StoredKey, SystemTime) -> StoredKey| {
        let key = ApiKey::new("shop").unwrap();
        partners.add(&key, change(key.stored(), now), owner);
        key.expose()
    };
    let good = make("warehouse", |key, _| key);
    let revoked = make("revoked", |key, _| key.revoked());
    let expired = make("expired", StoredKey::expires);
    let ending = make("ending", |key, now| key.expires(now + Duration::from_nanos(1)));
    let both = make("both", |key, now| key.expires(now + Duration::from_hours(1)).revoked());
    let (service, _clock) = start(&partners, None).await;

    let public = good[..good.len() - 73].to_owned();
    service.get("/").bearer(&good).await.status(200).text(&format!("warehouse {public}"));
    service.get("/").bearer(&ending).await.status(200);

    let mut bodies = Vec::new();
    for (name, field) in [
        ("missing", None),
        ("another scheme", Some(format!("Basic {good}"))),
        ("unknown", Some(format!("Bearer {}", ApiKey::new("shop").unwrap().expose()))),
        ("malformed", Some("Bearer shop_live".to_owned())),
        ("revoked", Some(format!("Bearer {revoked}"))),
        ("expired", Some(format!("Bearer {expired}"))),
        ("revoked before its end", Some(format!("Bearer {both}"))),
        ("another secret", Some(format!("Bearer {}", forged(&good, 1)))),
        ("another secret, from its beginning", Some(format!("Bearer {}", forged(&good, 64)))),
        ("another name", Some(format!("Bearer {}", forged(&good, 66)))),
        ("another case", Some(format!("Bearer {}", good.to_uppercase()))),
        ("the name of another", Some(format!("Bearer {}", swapped(&good, &ending)))),
    ] {
        let call = service.get("/");
        let answer = match field {
            Some(field) => call.header("authorization", &field).await,
            None => call.await,
        };
        assert_eq!(answer.code(), 401, "{name}");
        answer.header("www-authenticate", "Bearer");
        answer.problem().shield("API Key").detail("a valid API key is needed");
        bodies.push(answer.json::<serde_json::Value>().to_string());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:#?}");
}

/// The secret of one key under the name of another.
fn swapped(secret: &str, name: &str) -> String {
    let body = format!("{}{}", &name[..name.len() - 72], &secret[secret.len() - 72..secret.len() - 8]);
    format!("{body}{}", checksum(&body))
}

#[tokio::test]
async fn two_keys_of_an_owner_overlap_until_the_first_one_ends() {
    let partners = Partners::default();
    let (first, second) = (ApiKey::new("shop").unwrap(), ApiKey::new("shop").unwrap());
    let (service, clock) = start(&partners, None).await;
    partners.add(&first, first.stored().expires(clock.clock().now() + Duration::from_hours(1)), "warehouse");
    partners.add(&second, second.stored(), "warehouse");
    let (first, second) = (first.expose(), second.expose());
    for (passed, statuses) in [(0, [200, 200]), (3_599, [200, 200]), (1, [401, 200])] {
        clock.advance(Duration::from_secs(passed));
        for (key, status) in [&first, &second].into_iter().zip(statuses) {
            assert_eq!(service.get("/").bearer(key).await.code(), status, "after {passed} more seconds");
        }
    }
}

#[tokio::test]
async fn only_what_may_be_a_key_is_looked_up_and_only_by_its_public_part() {
    let partners = Partners::default();
    let (service, _clock) = start(&partners, None).await;
    let key = ApiKey::new("shop").unwrap();
    let public = key.public().to_owned();
    let key = key.expose();
    service.get("/").bearer(&key).await.status(401);
    assert_eq!(partners.asked(), [public]);
    for text in [format!("{key}0"), key[..key.len() - 1].to_owned(), ApiKey::new("store").unwrap().expose()] {
        service.get("/").bearer(&text).await.status(401);
    }
    assert_eq!(partners.asked(), Vec::<String>::new());
}

#[tokio::test]
async fn a_key_that_cannot_be_looked_up_is_neither_refused_nor_let_in() {
    let partners = Partners { down: true, ..Partners::default() };
    let (service, _clock) = start(&partners, None).await;
    let answer = service.get("/").bearer(&ApiKey::new("shop").unwrap().expose()).await;
    answer.status(503);
    assert!(!answer.json::<serde_json::Value>().to_string().contains("not by me"));
}

#[tokio::test]
async fn a_key_may_have_a_field_of_its_own() {
    let partners = Partners::default();
    let key = ApiKey::new("shop").unwrap();
    partners.add(&key, key.stored(), "warehouse");
    let key = key.expose();
    let (service, _clock) = start(&partners, Some("X-API-Key")).await;
    service.get("/").header("x-api-key", &key).await.status(200);
    for (name, fields) in [
        ("in the other field", vec![("authorization", format!("Bearer {key}"))]),
        ("behind a scheme", vec![("x-api-key", format!("Bearer {key}"))]),
        ("twice", vec![("x-api-key", key.clone()), ("x-api-key", key.clone())]),
    ] {
        let call = fields.iter().fold(service.get("/"), |call, (name, value)| call.header(name, value));
        let answer = call.await;
        assert_eq!(answer.code(), 401, "{name}");
        assert!(answer.header_value("www-authenticate").is_some(), "{name}");
    }
}

#[tokio::test]
async fn a_section_that_was_not_read_lets_nobody_pass() {
    let partners = Partners::default();
    let stack = Stack::new().shield(api_key::<Partners>("partners"));
    let routes: Router<Partners> = Router::new().route("/", stack.get(who));
    let service = TestService::start(routes, partners).await;
    service.get("/").bearer(&ApiKey::new("shop").unwrap().expose()).await.status(500);
}

#[test]
fn what_is_no_key() {
    use NoKey::{Malformed, Missing};
    let good = ApiKey::new("shop_live").unwrap().expose();
    let of = |fields: &[&[u8]], name: &HeaderName| {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(name, HeaderValue::from_bytes(field).unwrap());
        }
        Presented::of(&headers, name, "shop_live").map(|key| key.public.to_owned())
    };
    let bearer = |text: &str| of(&[format!("Bearer {text}").as_bytes()], &header::AUTHORIZATION);
    let public = good[..good.len() - 73].to_owned();
    assert_eq!(bearer(&good), Ok(public.clone()));
    assert_eq!(of(&[format!("bEARER   {good}").as_bytes()], &header::AUTHORIZATION), Ok(public));
    let sum = |digit| format!("{}{digit}", &good[..good.len() - 1]);
    let other = if good.ends_with('0') { "1" } else { "0" };
    for (name, text) in [
        ("nothing", String::new()),
        ("only the prefix", "shop_live".to_owned()),
        ("another prefix", good.replacen("shop_live", "shop_test", 1)),
        ("a shorter prefix", ApiKey::new("shop").unwrap().expose()),
        ("a longer prefix", ApiKey::new("shop_live_eu").unwrap().expose()),
        ("another checksum", sum(other)),
        ("no checksum", good[..good.len() - 8].to_owned()),
        ("upper case", good.to_uppercase()),
        ("no digits", good.replace(|c: char| c.is_ascii_digit(), "g")),
        ("something behind", format!("{good} x")),
        ("two", format!("{good},{good}")),
        ("much", "x".repeat(100_000)),
    ] {
        assert_eq!(bearer(&text), Err(Malformed), "{name}");
    }
    for (name, fields, expected) in [
        ("no field", vec![], Missing),
        ("another scheme", vec![b"Basic x".as_slice()], Missing),
        ("only the scheme", vec![b"Bearer"], Malformed),
        ("two fields", vec![b"Bearer x", b"Bearer x"], Malformed),
        ("bytes beyond ASCII", vec![b"Bearer \xe4"], Malformed),
    ] {
        assert_eq!(of(&fields, &header::AUTHORIZATION), Err(expected), "{name}");
    }
}

#[test]
fn a_key_has_one_spelling() {
    let good = ApiKey::new("shop").unwrap().expose();
    let body = &good[..good.len() - 8];
    let shouted = format!("shop{}", body["shop".len()..].to_uppercase());
    assert_ne!(shouted, body, "a letter among 80 random digits");
    let field = format!("Bearer {shouted}{}", checksum(&shouted));
    let headers = [(header::AUTHORIZATION, field.parse().unwrap())].into_iter().collect();
    assert_eq!(Presented::of(&headers, &header::AUTHORIZATION, "shop"), Err(NoKey::Malformed));
}

#[test]
fn a_digest_that_nothing_has_opens_nothing() {
    let now = SystemTime::now();
    assert!(!StoredKey::admits(None, &[0; 32], now));
    let zero = StoredKey::from_digest(&"00".repeat(32)).unwrap();
    assert!(StoredKey::admits(Some(&zero), &[0; 32], now));
    assert!(!StoredKey::admits(Some(&zero), &[1; 32], now));
}

#[test]
fn what_is_a_prefix() {
    for (text, holds) in [
        ("a", true),
        ("shop_live2", true),
        (&"x".repeat(32), true),
        (&"x".repeat(33), false),
        ("", false),
        ("_shop", false),
        ("shop_", false),
        ("2shop", false),
        ("Shop", false),
        ("shop-live", false),
        ("shöp", false),
    ] {
        assert_eq!(is_prefix(text), holds, "{text}");
        assert_eq!(ApiKey::new(text).is_ok(), holds, "{text}");
    }
    for (name, section, mistake) in [
        ("no prefix", "{}", "prefix"),
        ("a wrong one", r#"{"prefix": "Shop"}"#, "`Shop` is no prefix: write"),
        ("a typo", r#"{"prefix": "shop", "heder": "x"}"#, "heder"),
        ("no field", r#"{"prefix": "shop", "header": "x y"}"#, "`header` is \"x y\""),
    ] {
        let error = serde_json::from_str::<ApiKeySettings>(section).unwrap_err().to_string();
        assert!(error.contains(mistake), "{name}: {error}");
    }
}

#[test]
fn nothing_of_a_key_is_printed_or_stored_but_its_public_part_and_a_digest() {
    let key = ApiKey::new("shop").unwrap();
    let stored = key.stored();
    let printed = format!("{key:?} {stored:?} {}", stored.digest());
    let text = key.expose();
    let secret = &text[text.len() - 72..text.len() - 8];
    assert_eq!(secret.len(), 64);
    assert!(!printed.contains(secret) && !printed.contains(&secret[..8]), "{printed}");
    assert_ne!(ApiKey::new("shop").unwrap().expose(), text);
    for wrong in ["", "abc", &"0g".repeat(32), &"00".repeat(31), &"00".repeat(33)] {
        assert!(StoredKey::from_digest(wrong).is_err(), "{wrong}");
    }
}
