//! What holds for any input.

use std::sync::LazyLock;

use http::{HeaderMap, HeaderValue, header};
use jsonwebtoken::Algorithm as Signature;
use proptest::prelude::*;
use serde_json::json;
use tokio::runtime::Runtime;

use super::{
    super::{Algorithm, key_set::KeySet},
    fixture::*,
};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

static GUARDED: LazyLock<Vec<(SigningKey, Guard)>> = LazyLock::new(|| {
    [SigningKey::secret(Signature::HS256, &[9; 32]), SigningKey::p256(), SigningKey::ed25519()]
        .into_iter()
        .map(|key| {
            let guard = Guard::of(&key);
            (key, guard)
        })
        .collect()
});

fn of_bytes(guard: &Guard, field: &[u8]) -> Option<Outcome> {
    let value = HeaderValue::from_bytes(field).ok()?;
    let headers = HeaderMap::from_iter([(header::AUTHORIZATION, value)]);
    Some(outcome(RUNTIME.block_on(guard.shield.decide(&guard.settings, &headers))))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_token_with_one_byte_changed_passes(key in 0_usize..3, at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let (key, guard) = &GUARDED[key];
        let token = key.token("main");
        prop_assert_eq!(RUNTIME.block_on(guard.token(&token)), Outcome::Passed);
        let mut bytes = token.into_bytes();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        let outcome = of_bytes(guard, &[b"Bearer ", &bytes[..]].concat());
        prop_assert!(outcome.is_none_or(|outcome| outcome == Outcome::Invalid), "{outcome:?}");
    }

    #[test]
    fn no_token_with_a_byte_less_or_more_passes(key in 0_usize..3, at in any::<prop::sample::Index>(), more in "[A-Za-z0-9_.-]") {
        let (key, guard) = &GUARDED[key];
        let token = key.token("main");
        let at = at.index(token.len());
        let less = format!("{}{}", &token[..at], &token[at + 1..]);
        let longer = format!("{}{more}{}", &token[..at], &token[at..]);
        for token in [less, longer] {
            prop_assert_eq!(RUNTIME.block_on(guard.token(&token)), Outcome::Invalid);
        }
    }

    #[test]
    fn nothing_in_the_field_makes_it_panic_or_pass(field in prop::collection::vec(any::<u8>(), 0..400)) {
        let (_, guard) = &GUARDED[0];
        prop_assert!(of_bytes(guard, &field) != Some(Outcome::Passed));
        let outcome = of_bytes(guard, &[b"Bearer ", &field[..]].concat());
        prop_assert!(outcome.is_none_or(|outcome| outcome == Outcome::Invalid));
    }

    #[test]
    fn nothing_that_a_key_server_says_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), n in "[A-Za-z0-9_-]{0,700}", e in "[A-Za-z0-9_-]{0,8}") {
        prop_assert!(KeySet::from_json(&bytes, &[Algorithm::RS256]).is_err());
        for jwk in [
            json!({"kty": "RSA", "n": n, "e": e}),
            json!({"kty": "EC", "crv": "P-256", "x": n, "y": e}),
            json!({"kty": "OKP", "crv": "Ed25519", "x": n}),
        ] {
            let set = json!({"keys": [jwk, e]}).to_string();
            if let Ok(keys) = KeySet::from_json(set.as_bytes(), &[Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]) {
                for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
                    for key in keys.candidates(None, algorithm) {
                        prop_assert!(!key.verifies(algorithm, b"message", &bytes));
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_that_is_signed_makes_it_panic(head in any::<String>(), body in any::<String>(), json in "[{}\\[\\]:,\"a-z0-9eE.+-]{0,60}") {
        let (key, guard) = &GUARDED[0];
        for (head, body) in [(&head, &body), (&r#"{"alg":"HS256"}"#.to_owned(), &json), (&json, &body)] {
            let outcome = RUNTIME.block_on(guard.token(&key.sign_text(head, body)));
            prop_assert_eq!(outcome, Outcome::Invalid);
        }
    }
}
