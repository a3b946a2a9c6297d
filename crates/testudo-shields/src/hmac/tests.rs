use std::time::{Duration, SystemTime};

use ::hmac::{Hmac as Mac256, KeyInit, Mac};
use axum::{extract::DefaultBodyLimit, http::HeaderMap};
use base64::prelude::{BASE64_STANDARD, Engine};
use bytes::Bytes;
use serde::Deserialize;
use sha2::Sha256;
use testudo::prelude::*;
use testudo_testkit::{Answer, MockClock, TestService};

use super::{claim::Claim, scheme::Scheme, *};

const SECRET: &str = "the secret of today";
const OLD: &str = "the secret of yesterday";
const CONTENT: &str = r#"{"id":"e-1","cents":4200}"#;

#[derive(Debug, Deserialize)]
struct Paid {
    cents: u64,
}

/// A name, settings, header fields, and the time that is signed.
type Case<'c> = (&'c str, Vec<(&'c str, &'c str)>, Vec<(&'c str, String)>, Option<u64>);

fn mac(secret: &str, signed: &str) -> Vec<u8> {
    let mut mac = Mac256::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex_of(secret: &str, signed: &str) -> String {
    hex::encode(mac(secret, signed))
}

async fn cents(Passed(paid): Passed<Signed<Paid>>) -> String {
    let seconds = paid.signed_at().map(|at| at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs());
    format!("{} {seconds:?}", paid.cents)
}

/// A service with one hook, which two secrets open, and its time.
async fn hook(settings: &[(&str, &str)]) -> (TestService, MockClock) {
    let clock = MockClock::default();
    let stack = Stack::new().shield(hmac::<Paid>("paid").clock(clock.clock()));
    let raw = Stack::new().shield(hmac_bytes("paid").clock(clock.clock()));
    let routes: Router = Router::new()
        .route("/paid", stack.post(cents))
        .route(
            "/raw",
            raw.post(async |Passed(content): Passed<Signed<Bytes>>, again: Bytes| {
                assert_eq!(*content, again);
                content.to_vec()
            }),
        )
        .layer(DefaultBodyLimit::max(64));
    let secrets = format!("{SECRET},{OLD}");
    let settings = settings.iter().map(|(key, value)| (format!("hmac.paid.{key}"), (*value).to_owned()));
    testudo::bind(&routes, settings.chain([("hmac.paid.secrets".to_owned(), secrets)])).unwrap();
    (TestService::start(routes, ()).await, clock)
}

async fn send(service: &TestService, headers: &[(&str, &str)], content: &str) -> Answer {
    let call = service.post("/paid").body(content.to_owned());
    headers.iter().fold(call, |call, (name, value)| call.header(name, value)).await
}

#[tokio::test]
async fn every_preset_passes_what_is_signed_with_any_of_the_secrets() {
    let now = MockClock::default().clock().unix_seconds();
    let seconds = now.to_string();
    for secret in [SECRET, OLD] {
        let plain = hex_of(secret, CONTENT);
        let dotted = hex_of(secret, &format!("{now}.{CONTENT}"));
        let slack = hex_of(secret, &format!("v0:{now}:{CONTENT}"));
        let base64 = BASE64_STANDARD.encode(mac(secret, &format!("{now}.{CONTENT}")));
        let generic = [("preset", "generic"), ("header", "X-Signature")];
        let cases: [Case<'_>; 7] = [
            (
                "GitHub",
                vec![("preset", "github")],
                vec![("x-hub-signature-256", format!("sha256={plain}"))],
                None,
            ),
            (
                "Stripe",
                vec![("preset", "stripe")],
                vec![("stripe-signature", format!("t={now},v1={dotted},v0=abc"))],
                Some(now),
            ),
            (
                "Stripe, while a secret is rotated",
                vec![("preset", "stripe")],
                vec![("stripe-signature", format!("t={now},v1={plain},v1={dotted}"))],
                Some(now),
            ),
            (
                "Slack",
                vec![("preset", "slack")],
                vec![
                    ("x-slack-signature", format!("v0={slack}")),
                    ("x-slack-request-timestamp", seconds.clone()),
                ],
                Some(now),
            ),
            ("generic", generic.to_vec(), vec![("x-signature", plain.to_uppercase())], None),
            (
                "generic with a prefix",
                [&generic[..], &[("prefix", "hmac-sha256:")]].concat(),
                vec![("x-signature", format!("hmac-sha256:{plain}"))],
                None,
            ),
            (
                "generic with a time, in Base64",
                [&generic[..], &[("encoding", "base64"), ("timestamp_header", "X-Time")]].concat(),
                vec![("x-signature", base64.clone()), ("x-time", seconds.clone())],
                Some(now),
            ),
        ];
        for (name, settings, headers, at) in cases {
            let (service, _clock) = hook(&settings).await;
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = send(&service, &headers, CONTENT).await;
            assert_eq!(answer.code(), 200, "{name}");
            answer.text(&format!("4200 {at:?}"));
            let other = send(&service, &headers, r#"{"id":"e-1","cents":9999}"#).await;
            assert_eq!(other.code(), 401, "{name}, and another content");
        }
    }
}

#[tokio::test]
async fn the_examples_of_the_providers_have_the_signatures_they_print() {
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    let secret = "It's a Secret to Everybody";
    let settings = format!(r#"{{"preset": "github", "secrets": ["{secret}"]}}"#);
    let settings: HmacSettings = serde_json::from_str(&settings).unwrap();
    let signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let claim = claim(&settings.scheme, &[("x-hub-signature-256", signature)]).unwrap();
    assert!(settings.have_signed(&claim, b"Hello, World!"));
    assert!(!settings.have_signed(&claim, b"Hello, World?"));

    // https://api.slack.com/authentication/verifying-requests-from-slack
    let content = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                   channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                   response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&\
                   trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let settings = r#"{"preset": "slack", "secrets": ["8f742231b10e8888abcd99yyyzzz85a5"]}"#;
    let settings: HmacSettings = serde_json::from_str(settings).unwrap();
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    let headers = [("x-slack-signature", signature), ("x-slack-request-timestamp", "1531420618")];
    let claim = claim_of(&settings.scheme, &headers);
    assert!(settings.have_signed(&claim, content.as_bytes()));
}

#[tokio::test]
async fn a_signed_time_is_worth_something_for_as_long_as_the_section_says() {
    let (service, clock) =
        hook(&[("preset", "generic"), ("header", "s"), ("timestamp_header", "t"), ("tolerance", "90s")])
            .await;
    let now = clock.clock().unix_seconds();
    for (name, seconds, status) in [
        ("from now", now, 200),
        ("just recent", now - 90, 200),
        ("stale", now - 91, 401),
        ("of a clock that is fast", now + 90, 200),
        ("from the future", now + 91, 401),
        ("from the beginning", 0, 401),
        ("from the end", 999_999_999_999, 401),
    ] {
        let signature = hex_of(SECRET, &format!("{seconds}.{CONTENT}"));
        let answer = send(&service, &[("s", &signature), ("t", &seconds.to_string())], CONTENT).await;
        assert_eq!(answer.code(), status, "{name}");
        if status == 401 {
            answer.problem().detail("the signature is too old, or from the future");
        }
    }
    let signature = hex_of(SECRET, &format!("{now}.{CONTENT}"));
    let headers = [("s", signature.as_str()), ("t", &now.to_string())];
    send(&service, &headers, CONTENT).await.status(200);
    clock.advance(Duration::from_secs(91));
    send(&service, &headers, CONTENT).await.status(401);
}

#[tokio::test]
async fn what_is_not_signed_is_refused_and_says_what_is_wrong_with_it() {
    let (service, _clock) = hook(&[("preset", "github")]).await;
    let good = hex_of(SECRET, CONTENT);
    let header = "the header `x-hub-signature-256` does not hold a signature as it is expected here";
    let signature = "the signature is not that of this content";
    for (name, value, detail) in [
        ("another secret", format!("sha256={}", hex_of("the secret of another", CONTENT)), signature),
        ("no secret", format!("sha256={}", hex_of("", CONTENT)), signature),
        ("another content", format!("sha256={}", hex_of(SECRET, "{}")), signature),
        ("half a signature", format!("sha256={}", &good[..32]), header),
        ("more than a signature", format!("sha256={good}00"), header),
        ("nothing behind the prefix", "sha256=".to_owned(), header),
        ("another algorithm", format!("sha1={good}"), header),
        ("no prefix", good.clone(), header),
        ("no hexadecimal digits", format!("sha256={}", "x".repeat(64)), header),
        ("nothing", String::new(), header),
    ] {
        let answer = send(&service, &[("x-hub-signature-256", &value)], CONTENT).await;
        assert_eq!(answer.code(), 401, "{name}");
        assert!(answer.header_value("www-authenticate").is_some(), "{name}");
        answer.problem().shield("Signature").detail(detail);
    }
    let good = format!("sha256={good}");
    let twice = [("x-hub-signature-256", good.as_str()), ("x-hub-signature-256", &good)];
    let twice = send(&service, &twice, CONTENT).await;
    twice.status(401).problem().detail("the header `x-hub-signature-256` is there more than once");
    let missing = send(&service, &[], CONTENT).await;
    missing.status(401).problem().detail("the header `x-hub-signature-256` is missing");
}

#[tokio::test]
async fn content_is_read_after_the_header_and_parsed_after_the_proof() {
    let (service, _clock) = hook(&[("preset", "github")]).await;
    let long = " ".repeat(65);
    for (name, content, signed_by, status) in [
        ("longer than the limit, without a signature", long.as_str(), None, 401),
        ("longer than the limit", &long, Some(SECRET), 413),
        ("as long as the limit", &format!("{CONTENT:64}"), Some(SECRET), 200),
        ("no JSON", "cents=1", Some(SECRET), 422),
        ("no JSON, and not signed", "cents=1", Some("the secret of another"), 401),
        ("nothing", "", Some(SECRET), 422),
        ("another type", r#"{"cents":"1"}"#, Some(SECRET), 422),
        ("something behind it", r#"{"cents":1}{}"#, Some(SECRET), 422),
        ("a member twice", r#"{"cents":1,"cents":2}"#, Some(SECRET), 422),
    ] {
        let signature = signed_by.map(|secret| format!("sha256={}", hex_of(secret, content)));
        let headers: Vec<_> = signature.iter().map(|value| ("x-hub-signature-256", value.as_str())).collect();
        assert_eq!(send(&service, &headers, content).await.code(), status, "{name}");
    }
    let call = service.post("/raw").body("cents=1");
    let call = call.header("x-hub-signature-256", &format!("sha256={}", hex_of(SECRET, "cents=1")));
    call.await.status(200).text("cents=1");
}

#[tokio::test]
async fn a_section_that_was_not_read_lets_nobody_pass() {
    let routes: Router = Router::new().route("/paid", Stack::new().shield(hmac::<Paid>("paid")).post(cents));
    let service = TestService::start(routes, ()).await;
    let signature = format!("sha256={}", hex_of("", CONTENT));
    send(&service, &[("x-hub-signature-256", &signature)], CONTENT).await.status(500);
}

/// What headers claim; `None` is blocked as missing, a text as refused with it.
fn claim(scheme: &Scheme, headers: &[(&'static str, &str)]) -> Result<Claim, Option<String>> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, value.parse().unwrap());
    }
    Claim::of(&map, scheme).map_err(|block| {
        let refused = block.reason() == testudo::BlockReason::Refused;
        refused.then(|| block.detail_text().unwrap_or_default().to_owned())
    })
}

fn claim_of(scheme: &Scheme, headers: &[(&'static str, &str)]) -> Claim {
    claim(scheme, headers).unwrap()
}

#[test]
fn what_a_request_claims() {
    let one = "ab".repeat(32);
    let two = "CD".repeat(32);
    let stripe = |value: &str| claim(&Scheme::stripe(), &[("stripe-signature", value)]);
    let read = stripe(&format!("v0={one},t=0012,v1={one},x=y=z,v1={two}")).unwrap();
    assert_eq!(read.signatures, [[0xab; 32], [0xcd; 32]]);
    assert_eq!((read.seconds, read.before_content.as_str()), (Some(12), "0012."));

    for (name, value) in [
        ("no time", format!("v1={one}")),
        ("no signature", "t=1".to_owned()),
        ("only another scheme", format!("t=1,v0={one}")),
        ("two times", format!("t=1,t=2,v1={one}")),
        ("a signed time", format!("t=+1,v1={one}")),
        ("a time before all time", format!("t=-1,v1={one}")),
        ("a time with a fraction", format!("t=1.5,v1={one}")),
        ("an empty time", format!("t=,v1={one}")),
        ("a time that is too long", format!("t={},v1={one}", "1".repeat(13))),
        ("one signature that is none", format!("t=1,v1={one},v1=xyz")),
        ("too many signatures", format!("t=1{}", format!(",v1={one}").repeat(9))),
        ("no list", one.clone()),
        ("spaces", format!("t=1, v1={one}")),
    ] {
        assert!(matches!(stripe(&value), Err(Some(_))), "{name}");
    }
    assert!(stripe(&format!("t=1{}", format!(",v1={one}").repeat(8))).is_ok());

    let signature = format!("v0={one}");
    let slack = |headers: &[(&'static str, &str)]| claim(&Scheme::slack(), headers).unwrap_err();
    let time = ("x-slack-request-timestamp", "1");
    let signed = ("x-slack-signature", signature.as_str());
    assert_eq!(slack(&[time]), None);
    assert_eq!(slack(&[]), None);
    assert_eq!(slack(&[signed]).unwrap(), "the header `x-slack-request-timestamp` is missing");
    let twice = "the header `x-slack-request-timestamp` is there more than once";
    assert_eq!(slack(&[signed, time, time]).unwrap(), twice);
    assert!(slack(&[signed, ("x-slack-request-timestamp", "now")]).is_some());
}

#[test]
fn what_is_not_a_section() {
    let long = "x".repeat(16);
    let secrets =
        |preset: &str, more: &str| format!(r#"{{"preset": "{preset}", "secrets": ["{long}"]{more}}}"#);
    let generic = |more: &str| secrets("generic", &format!(r#", "header": "x-s"{more}"#));
    let nine: Vec<String> = (0..9).map(|n| format!("\"{long}{n}\"")).collect();
    for (name, section, mistake) in [
        ("no preset", format!(r#"{{"secrets": ["{long}"]}}"#), "preset"),
        ("an unknown preset", secrets("gitlab", ""), "gitlab"),
        ("no secrets", r#"{"preset": "github"}"#.to_owned(), "secrets"),
        ("an empty list", r#"{"preset": "github", "secrets": []}"#.to_owned(), "holds 0: write 1 to 8"),
        ("too many", format!(r#"{{"preset": "github", "secrets": [{}]}}"#, nine.join(",")), "holds 9"),
        (
            "a short one",
            format!(r#"{{"preset": "github", "secrets": ["{long}", "fifteen letters"]}}"#),
            "secret 2 of `secrets` is too short: use one of at least 16 bytes",
        ),
        (
            "a line end",
            format!(r#"{{"preset": "github", "secrets": ["{long}\n"]}}"#),
            "secret 1 of `secrets` begins or ends with white space",
        ),
        (
            "one twice",
            format!(r#"{{"preset": "github", "secrets": ["{long}", "{long}"]}}"#),
            "secret 2 of `secrets` is there twice",
        ),
        ("a typo", secrets("github", r#", "tolerence": "5m""#), "tolerence"),
        ("a tolerance of nothing", secrets("github", r#", "tolerance": "5m""#), "no time is signed"),
        ("no tolerance", secrets("stripe", r#", "tolerance": "0s""#), "write `1s` to `1h`"),
        ("too much tolerance", secrets("stripe", r#", "tolerance": "3601s""#), "write `1s` to `1h`"),
        ("a header of a preset", secrets("slack", r#", "header": "x-s""#), "`header` is part of the preset"),
        ("no header", secrets("generic", ""), "`header` is missing"),
        ("no name of a header", secrets("generic", r#", "header": "x s""#), "\"x s\""),
        ("one header for both", generic(r#", "timestamp_header": "X-S""#), "name two header fields"),
        ("a prefix that cannot be sent", generic(r#", "prefix": "a b""#), "`prefix` holds ' '"),
        ("an encoding", generic(r#", "encoding": "base32""#), "base32"),
    ] {
        let error = serde_json::from_str::<HmacSettings>(&section).unwrap_err().to_string();
        assert!(error.contains(mistake), "{name}: {error}");
        assert!(!error.contains(&long) && !error.contains("fifteen"), "{name}: {error}");
    }
    for bound in ["1s", "1h"] {
        let section = secrets("stripe", &format!(r#", "tolerance": "{bound}""#));
        assert!(serde_json::from_str::<HmacSettings>(&section).is_ok(), "{bound}");
    }
}

#[test]
fn a_secret_is_never_printed() {
    let section = r#"{"preset": "github", "secrets": ["canary of sixteen"]}"#;
    let settings: HmacSettings = serde_json::from_str(section).unwrap();
    let printed = format!("{settings:?} {:?}", hmac_bytes(settings.clone()));
    assert!(!printed.contains("canary") && !printed.contains("99, 97"), "{printed}");

    let routes: Router = Router::new().route("/paid", Stack::new().shield(hmac::<Paid>("paid")).post(cents));
    let told = |settings: &[(&str, &str)]| {
        let settings = settings.iter().map(|(key, value)| (format!("hmac.paid.{key}"), *value));
        format!("{:?}", testudo::bind(&routes, settings).unwrap_err())
    };
    let secrets = ("secrets", "canary of sixteen");
    for (name, settings, mistake) in [
        (
            "a short one",
            [("preset", "github"), ("secrets", "canary")],
            "item 1: expected a text of at least 16 characters",
        ),
        (
            "one twice",
            [("preset", "github"), ("secrets", "canary of sixteen,canary of sixteen")],
            "hmac.paid.secrets: ",
        ),
        ("a tolerance", [("tolerance", "2h"), secrets], "`2h` is out of bounds: write `1s` to `1h`"),
        ("a header", [("header", "x s"), secrets], "is no header field: write its name"),
    ] {
        let error = told(&settings);
        assert!(error.contains(mistake) && !error.contains("canary"), "{name}: {error}");
    }
}
