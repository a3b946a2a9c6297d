//! Settings that are taken, and those that are mistakes.

use jsonwebtoken::Algorithm as Signature;
use rcgen::KeyPair;
use serde_json::{Value, json};

use testudo_settings::{Loader, NoApp, Section, WantedSection};

use super::{
    super::{JwtSettings, settings::Keys},
    fixture::*,
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn one(key: &Value) -> Value {
    json!({"keys": {"main": key}})
}

fn server(members: Value) -> Value {
    let (mut all, Value::Object(members)) =
        (json!({"jwks_url": "https://id.example.com/jwks.json", "algorithms": ["RS256"]}), members)
    else {
        panic!("no members")
    };
    all.as_object_mut().unwrap().extend(members);
    all
}

#[test]
fn what_is_taken() {
    let with = |members: Value| {
        let (mut all, Value::Object(members)) =
            (one(&json!({"algorithm": "HS256", "secret": SECRET})), members)
        else {
            panic!("no members")
        };
        all.as_object_mut().unwrap().extend(members);
        all
    };
    for (name, members) in [
        ("a secret", with(json!({}))),
        ("no leeway", with(json!({"leeway": "0s"}))),
        ("the longest leeway", with(json!({"leeway": "5m"}))),
        ("short lives", with(json!({"lifetime_max": "1m"}))),
        ("a type", with(json!({"typ": "at+jwt"}))),
        ("a key server", server(json!({}))),
        ("a key server on this machine", server(json!({"jwks_url": "http://127.0.0.1:9999/"}))),
        ("several algorithms", server(json!({"algorithms": ["RS256", "ES256"]}))),
        ("a secret as long as SHA-512", one(&json!({"algorithm": "HS512", "secret": SECRET.repeat(2)}))),
    ] {
        assert_eq!(settings(members).map(drop), Ok(()), "{name}");
    }
}

/// Every one of these settings is refused with words like these, and without its secret.
fn mistakes<'a>(cases: impl IntoIterator<Item = (&'a str, Value, &'a str)>) {
    for (name, members, mistake) in cases {
        let error = settings(members).map(drop).unwrap_err();
        assert!(error.contains(mistake), "{name}: {error}");
        assert!(!error.contains(&SECRET[1..]), "{name} tells a secret: {error}");
    }
}

#[test]
fn which_sections_are_mistakes() {
    mistakes([
        ("no issuer", json!({"issuer": null}), "issuer"),
        ("an empty issuer", json!({"issuer": ""}), "invalid `issuer`"),
        ("no audience", json!({"audience": null}), "audience"),
        ("an empty audience", json!({"audience": []}), "invalid `audience`"),
        ("an audience that is empty", json!({"audience": ["a", ""]}), "invalid `audience`"),
        ("no keys", json!({}), "there are no keys"),
        ("keys and a key server", server(one(&json!({"algorithm": "HS256", "secret": SECRET}))), "not both"),
        ("a typo", json!({"isuer": "x"}), "isuer"),
        ("clocks far apart", server(json!({"leeway": "6m"})), "invalid `leeway` \"6m\": write from 0s to 5m"),
        ("lives too short", server(json!({"lifetime_max": "59s"})), "invalid `lifetime_max`"),
        ("lives too long", server(json!({"lifetime_max": "367d"})), "invalid `lifetime_max`"),
        ("a key server without algorithms", server(json!({"algorithms": []})), "needs `algorithms`"),
        ("a key server of secrets", server(json!({"algorithms": ["RS256", "HS256"]})), "is no secret"),
        (
            "a key server in the clear",
            server(json!({"jwks_url": "http://id.example.com/"})),
            "come by `https`",
        ),
        ("asked too often", server(json!({"jwks_refresh": "1s"})), "invalid `jwks_refresh`"),
        ("kept too short", server(json!({"jwks_keep": "14m"})), "must not be below"),
        ("kept too long", server(json!({"jwks_keep": "8d"})), "invalid `jwks_keep`"),
        ("no certificates", server(json!({"jwks_ca": "x"})), "no certificate"),
        (
            "algorithms of keys",
            json!({"keys": {"a": {"algorithm": "HS256", "secret": SECRET}}, "algorithms": ["HS256"]}),
            "each of the `keys`",
        ),
    ]);
}

#[test]
fn which_secrets_are_mistakes() {
    mistakes([
        ("a typo in a key", one(&json!({"algorithm": "HS256", "secrte": SECRET})), "secrte"),
        ("an algorithm of none", one(&json!({"algorithm": "none", "secret": SECRET})), "none"),
        ("no algorithm", one(&json!({"secret": SECRET})), "algorithm"),
        ("nothing of a key", one(&json!({"algorithm": "HS256"})), "exactly one of"),
        (
            "a secret and a key",
            one(&json!({"algorithm": "HS256", "secret": SECRET, "jwk": "{}"})),
            "exactly one of",
        ),
        (
            "a short secret",
            one(&json!({"algorithm": "HS256", "secret": &SECRET[1..]})),
            "at least 32 bytes, and this one has 31",
        ),
        (
            "a short one for SHA-384",
            one(&json!({"algorithm": "HS384", "secret": SECRET})),
            "at least 48 bytes",
        ),
        (
            "a short one for SHA-512",
            one(&json!({"algorithm": "HS512", "secret": SECRET})),
            "at least 64 bytes",
        ),
        (
            "a short one in a JWK",
            one(&json!({"algorithm": "HS256", "jwk": r#"{"kty":"oct","k":"AAAA"}"#})),
            "at least 32 bytes, and this one has 3",
        ),
    ]);
}

#[test]
fn which_public_keys_are_mistakes() {
    let private = KeyPair::generate().unwrap().serialize_pem();
    let (p256, ed) = (SigningKey::p256(), SigningKey::ed25519());
    let pem = |key: &SigningKey| key.public.clone().unwrap();
    mistakes([
        ("a public key as a secret", one(&json!({"algorithm": "HS256", "secret": pem(&RSA)})), "no secret"),
        (
            "a secret for RSA",
            one(&json!({"algorithm": "RS256", "secret": SECRET})),
            "verified with a public key",
        ),
        (
            "a public key for an HMAC",
            one(&json!({"algorithm": "HS256", "public_key": pem(&RSA)})),
            "verified with a secret",
        ),
        (
            "a private key",
            one(&json!({"algorithm": "ES256", "public_key": private})),
            "this is a private key",
        ),
        ("not PEM", one(&json!({"algorithm": "ES256", "public_key": "MFkw"})), "not a public key in PEM"),
        (
            "a key of another type",
            one(&json!({"algorithm": "RS256", "public_key": pem(&p256)})),
            "not a key for RS256",
        ),
        (
            "a key of another curve",
            one(&json!({"algorithm": "ES384", "public_key": pem(&p256)})),
            "not a key for ES384",
        ),
        (
            "a key of Edwards",
            one(&json!({"algorithm": "ES256", "public_key": pem(&ed)})),
            "not a key for ES256",
        ),
    ]);
}

#[test]
fn which_json_web_keys_are_mistakes() {
    let p256 = SigningKey::p256();
    let jwk = |key: &SigningKey, change: Value| key.published(change).to_string();
    mistakes([
        ("not a JWK", one(&json!({"algorithm": "ES256", "jwk": "x"})), "not a JSON Web Key"),
        (
            "a private JWK",
            one(&json!({"algorithm": "ES256", "jwk": jwk(&p256, json!({"d": "AAAA"}))})),
            "it is private",
        ),
        (
            "a JWK for encryption",
            one(&json!({"algorithm": "ES256", "jwk": jwk(&p256, json!({"use": "enc"}))})),
            "`use`",
        ),
        (
            "a JWK to sign with",
            one(&json!({"algorithm": "ES256", "jwk": jwk(&p256, json!({"key_ops": ["sign"]}))})),
            "`key_ops`",
        ),
        (
            "a JWK of another algorithm",
            one(&json!({"algorithm": "ES256", "jwk": jwk(&p256, json!({"alg": "ES384"}))})),
            "its `alg`",
        ),
        (
            "a JWK of another type",
            one(&json!({"algorithm": "RS256", "jwk": jwk(&p256, json!({}))})),
            "fits none",
        ),
        (
            "a JWK of another name",
            one(&json!({"algorithm": "ES256", "jwk": jwk(&p256, json!({"kid": "x"}))})),
            "its `kid` is `x`",
        ),
        (
            "a point of another curve",
            one(&json!({"algorithm": "ES384", "jwk": jwk(&p256, json!({"crv": "P-384"}))})),
            "not a point of P-384",
        ),
        (
            "an RSA key of 1024 bits",
            one(&json!({"algorithm": "RS256", "jwk": jwk(&RSA, json!({"n": encode([0xff; 128])}))})),
            "and this one 1024",
        ),
        (
            "an exponent of 1",
            one(&json!({"algorithm": "RS256", "jwk": jwk(&RSA, json!({"e": "AQ"}))})),
            "exponent",
        ),
        (
            "an even exponent",
            one(&json!({"algorithm": "RS256", "jwk": jwk(&RSA, json!({"e": "AQAA"}))})),
            "exponent",
        ),
        (
            "one `kid` twice",
            json!({"keys": {
                "a": {"algorithm": "HS256", "secret": SECRET, "kid": "k"},
                "k": {"algorithm": "HS256", "secret": SECRET},
            }}),
            "another key has the `kid` `k`",
        ),
    ]);
}

#[test]
fn secrets_are_not_printed() {
    let secret = SigningKey::secret(Signature::HS256, SECRET.as_bytes());
    let written = [json!({"algorithm": "HS256", "secret": SECRET}), written(&secret)];
    for key in written {
        let printed = format!("{:?}", settings(one(&key)).unwrap());
        assert!(
            !printed.contains(SECRET) && !printed.contains(secret.jwk["k"].as_str().unwrap()),
            "{printed}"
        );
    }
}

#[test]
fn a_secret_may_come_from_elsewhere_than_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = "[jwt.partners]\nissuer = \"https://partner.example.com\"\naudience = [\"api\"]\n\
                [jwt.partners.keys.main]\nalgorithm = \"HS256\"\n";
    std::fs::write(folder.path().join("testudo.toml"), file).unwrap();
    std::fs::write(folder.path().join("secret"), SECRET).unwrap();
    let secret_file = folder.path().join("secret").to_str().unwrap().to_owned();
    let section: Section<JwtSettings> = "partners".into();
    let variables = [
        ("TESTUDO__ENVIRONMENT", "test".to_owned()),
        ("TESTUDO__JWT__PARTNERS__KEYS__MAIN__SECRET_FILE", secret_file),
    ];
    let loader = Loader::new().working_dir(folder.path()).variables(variables);
    let read = loader.wants([WantedSection::of(&section)]).load::<NoApp>().map(drop);
    assert_eq!(read.map_err(|errors| errors.to_string()), Ok(()));
    let Keys::Here(keys) = &section.get().unwrap().keys else { panic!("keys of the section") };
    assert!(keys.has("main"));
}
