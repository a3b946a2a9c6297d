//! An issuer with keys of every type, and what becomes of its tokens.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::response::IntoResponse;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, header};
use jsonwebtoken::{Algorithm as Signature, DecodingKey, EncodingKey, crypto::sign, jwk::Jwk};
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize,
};
use serde::Deserialize;
use serde_json::{Value, json};
use testudo_core::{BlockReason, FailKind, Verdict};
use testudo_testkit::MockClock;

use super::super::{Algorithm, Bearer, JwtSettings, Token, bearer};

pub(super) const ISSUER: &str = "https://id.example.com";
pub(super) const AUDIENCE: &str = "https://api.example.com";

/// What the mock clock shows at first, in seconds since 1970.
pub(super) const NOW: u64 = 490_896 * 3_600;

/// What the service of these tests reads.
#[derive(Debug, Deserialize)]
pub(super) struct Customer {
    pub(super) plan: String,
}

/// A key of the issuer.
pub(super) struct SigningKey {
    pub(super) algorithm: Signature,
    pub(super) key: EncodingKey,
    /// The public half in PEM; nothing for a secret.
    pub(super) public: Option<String>,
    pub(super) jwk: Value,
}

impl SigningKey {
    pub(super) fn secret(algorithm: Signature, secret: &[u8]) -> Self {
        let key = EncodingKey::from_secret(secret);
        let jwk = json!({"kty": "oct", "k": URL_SAFE_NO_PAD.encode(secret)});
        Self { algorithm, key, public: None, jwk }
    }

    pub(super) fn rsa(algorithm: Signature) -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let key = EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes()).unwrap();
        Self::of(algorithm, key, &pair, |pem| DecodingKey::from_rsa_pem(pem).unwrap())
    }

    pub(super) fn p256() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let key = EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes()).unwrap();
        Self::of(Signature::ES256, key, &pair, |pem| DecodingKey::from_ec_pem(pem).unwrap())
    }

    pub(super) fn p384() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        let key = EncodingKey::from_ec_pem(pair.serialize_pem().as_bytes()).unwrap();
        Self::of(Signature::ES384, key, &pair, |pem| DecodingKey::from_ec_pem(pem).unwrap())
    }

    pub(super) fn ed25519() -> Self {
        let pair = KeyPair::generate_for(&PKCS_ED25519).unwrap();
        let key = EncodingKey::from_ed_pem(pair.serialize_pem().as_bytes()).unwrap();
        Self::of(Signature::EdDSA, key, &pair, |pem| DecodingKey::from_ed_pem(pem).unwrap())
    }

    fn of(
        algorithm: Signature,
        key: EncodingKey,
        pair: &KeyPair,
        read: impl FnOnce(&[u8]) -> DecodingKey,
    ) -> Self {
        let public = pair.public_key_pem();
        let jwk = Jwk::from_decoding_key(&read(public.as_bytes()), None).unwrap();
        Self { algorithm, key, public: Some(public), jwk: serde_json::to_value(jwk).unwrap() }
    }

    /// The name of the algorithm.
    pub(super) fn name(&self) -> &'static str {
        let name = format!("{:?}", self.algorithm);
        Algorithm::named(&name).unwrap().name()
    }

    /// A token with the claims of [`claims`].
    pub(super) fn token(&self, kid: &str) -> String {
        self.sign(&json!({"alg": self.name(), "kid": kid}), &claims())
    }

    /// A token with this header and these claims.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// A token whose parts are these texts.
    pub(super) fn sign_text(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", encode(header), encode(claims));
        format!("{message}.{}", self.signature(&message))
    }

    pub(super) fn signature(&self, message: &str) -> String {
        sign(message.as_bytes(), &self.key, self.algorithm).unwrap()
    }

    /// The public half as a key of a set.
    pub(super) fn published(&self, members: Value) -> Value {
        let (mut jwk, Value::Object(members)) = (self.jwk.clone(), members) else { panic!("no members") };
        jwk.as_object_mut().unwrap().extend(members);
        jwk
    }
}

/// Keys that take a while to make.
pub(super) static RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::rsa(Signature::RS256));
pub(super) static OTHER_RSA: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::rsa(Signature::RS256));

pub(super) fn encode(part: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(part)
}

/// The claims of a token that holds.
pub(super) fn claims() -> Value {
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "jti": "t-7", "iat": NOW, "exp": NOW + 600, "plan": "pro",
    })
}

/// Those claims, with some of them changed or, by `null`, left out.
pub(super) fn claims_with(change: Value) -> Value {
    let (mut claims, Value::Object(change)) = (claims(), change) else { panic!("no members") };
    let members = claims.as_object_mut().unwrap();
    members.extend(change);
    members.retain(|_, value| !value.is_null());
    claims
}

/// Settings with these members beside issuer and audience.
pub(super) fn settings(members: Value) -> Result<JwtSettings, String> {
    let (mut settings, Value::Object(members)) = (json!({"issuer": ISSUER, "audience": [AUDIENCE]}), members)
    else {
        panic!("no members")
    };
    settings.as_object_mut().unwrap().extend(members);
    settings.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    serde_json::from_value(settings).map_err(|error| error.to_string())
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Passed,
    Missing,
    Invalid,
    Failed,
}

/// The shield under test, with a clock that stands still.
#[derive(Clone)]
pub(super) struct Guard {
    pub(super) settings: Arc<JwtSettings>,
    pub(super) shield: Arc<Bearer<Customer>>,
    pub(super) clock: MockClock,
}

impl Guard {
    pub(super) fn new(settings: JwtSettings) -> Self {
        let clock = MockClock::default();
        let shield = bearer::<Customer>("customers").clock(clock.clock());
        Self { settings: Arc::new(settings), shield: Arc::new(shield), clock }
    }

    /// With one key under the id `main`.
    pub(super) fn of(key: &SigningKey) -> Self {
        Self::new(settings(json!({"keys": {"main": written(key)}})).unwrap())
    }

    pub(super) async fn token(&self, token: &str) -> Outcome {
        self.fields(&[&format!("Bearer {token}")]).await
    }

    pub(super) async fn fields(&self, fields: &[&str]) -> Outcome {
        let mut headers = HeaderMap::new();
        for field in fields {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(field).unwrap());
        }
        outcome(self.shield.decide(&self.settings, &headers).await)
    }

    pub(super) async fn verdict(&self, token: &str) -> Verdict<Token<Customer>> {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        self.shield.decide(&self.settings, &HeaderMap::from_iter([(header::AUTHORIZATION, value)])).await
    }

    pub(super) fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// A key as the settings have it.
pub(super) fn written(key: &SigningKey) -> Value {
    match &key.public {
        Some(pem) => json!({"algorithm": key.name(), "public_key": pem}),
        None => json!({"algorithm": key.name(), "jwk": key.jwk.to_string()}),
    }
}

/// What a verdict is for the client. There are two refusals and one failure, and each is always the same.
pub(super) fn outcome<T>(verdict: Verdict<T>) -> Outcome {
    match verdict {
        Verdict::Pass(_) => Outcome::Passed,
        Verdict::Block(block) => {
            let is_missing = block.reason() == BlockReason::Missing;
            let detail = block.detail_text().map(str::to_owned);
            let response = block.to_problem().into_response();
            assert_eq!(response.status(), 401);
            let challenges: Vec<_> = response.headers().get_all(header::WWW_AUTHENTICATE).iter().collect();
            if is_missing {
                assert_eq!(challenges, ["Bearer"]);
                assert_eq!(detail.as_deref(), Some("a bearer token is required"));
                return Outcome::Missing;
            }
            assert_eq!(challenges, ["Bearer error=\"invalid_token\""]);
            assert_eq!(detail.as_deref(), Some("the token is not valid"));
            Outcome::Invalid
        }
        Verdict::Fail(fail) => {
            assert_eq!(fail.kind(), FailKind::Unavailable);
            Outcome::Failed
        }
    }
}
