//! Tokens that must not hold: the threats of RFC 8725, section 2, and more. Beside each there is one like it that holds.

use jsonwebtoken::{Algorithm as Signature, EncodingKey};
use serde_json::{Value, json};

use super::fixture::*;

/// A key whose signatures are made with a secret, under the name of an algorithm of its own.
fn hmac(secret: &[u8]) -> SigningKey {
    SigningKey::secret(Signature::HS256, secret)
}

async fn refused(guard: &Guard, cases: impl IntoIterator<Item = (&str, String)>) {
    for (name, token) in cases {
        assert_eq!(guard.token(&token).await, Outcome::Invalid, "{name}");
    }
}

#[tokio::test]
async fn an_algorithm_is_not_the_tokens_choice() {
    let guard = Guard::of(&RSA);
    let good = RSA.token("main");
    assert_eq!(guard.token(&good).await, Outcome::Passed);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let pem = RSA.public.as_deref().unwrap();
    let der: Vec<u8> = rustls::pki_types::pem::PemObject::from_pem_slice(pem.as_bytes())
        .map(|der: rustls::pki_types::SubjectPublicKeyInfoDer<'_>| der.to_vec())
        .unwrap();
    let modulus = RSA.jwk["n"].as_str().unwrap();
    let with_public = |secret: &[u8]| hmac(secret).token("main");
    let mut cases = vec![
        ("HMAC with the public key in PEM", with_public(pem.as_bytes())),
        ("HMAC with the public key in PEM, trimmed", with_public(pem.trim().as_bytes())),
        ("HMAC with the public key in DER", with_public(&der)),
        ("HMAC with the modulus", with_public(modulus.as_bytes())),
        ("HMAC with the public JWK", with_public(RSA.jwk.to_string().as_bytes())),
        ("HMAC with nothing", with_public(b"")),
        ("HMAC with the key's id", with_public(b"main")),
        ("no signature", format!("{message}.")),
        ("no signature and no dot", message.to_owned()),
    ];
    for alg in ["none", "None", "NONE", "nOnE", "none ", "\u{0}none", "", "null"] {
        let header = encode(json!({"alg": alg, "kid": "main"}).to_string());
        let body = encode(claims().to_string());
        cases.push(("an algorithm of none, unsigned", format!("{header}.{body}.")));
        cases.push(("an algorithm of none, signed", format!("{header}.{body}.{signature}")));
    }
    for alg in [
        json!("rs256"),
        json!("RS384"),
        json!("PS256"),
        json!("HS256"),
        json!(["RS256"]),
        json!(null),
        json!(0),
    ] {
        cases.push((
            "the right signature under another name",
            RSA.sign(&json!({"alg": alg, "kid": "main"}), &claims()),
        ));
    }
    refused(&guard, cases).await;
}

#[tokio::test]
async fn a_key_is_not_the_tokens_choice() {
    let guard = Guard::of(&RSA);
    let mine = &*OTHER_RSA;
    let header = |members: Value| {
        let (mut header, Value::Object(members)) = (json!({"alg": "RS256", "kid": "main"}), members) else {
            panic!("no members")
        };
        header.as_object_mut().unwrap().extend(members);
        header
    };
    for (name, members) in [
        ("a key", json!({"jwk": mine.jwk})),
        ("the right key", json!({"jwk": RSA.jwk})),
        ("a key of null", json!({"jwk": null})),
        ("an address of keys", json!({"jku": "https://id.example.com/jwks.json"})),
        ("certificates", json!({"x5c": ["MIIB"]})),
        ("an address of certificates", json!({"x5u": "https://id.example.com/chain.pem"})),
        ("an extension", json!({"crit": ["urn:x"], "urn:x": 1})),
        ("a critical claim", json!({"crit": ["exp"], "exp": NOW + 600})),
        ("nothing critical", json!({"crit": []})),
        ("unencoded content", json!({"b64": false, "crit": ["b64"]})),
        ("another type", json!({"typ": "logout+jwt"})),
    ] {
        let header = header(members);
        assert_eq!(guard.token(&mine.sign(&header, &claims())).await, Outcome::Invalid, "{name}, another's");
        assert_eq!(
            guard.token(&RSA.sign(&header, &claims())).await,
            Outcome::Invalid,
            "{name}, the issuer's"
        );
    }
    let kids = ["", "../../etc/passwd", "' OR 1=1 --", "main\u{0}", "main ", "MAIN", "http://127.0.0.1/k"];
    refused(&guard, kids.map(|kid| ("a key id that is looked up", RSA.token(kid)))).await;
    let odd = [json!(null), json!(0), json!(["main"]), json!({"main": 1})];
    let sign = |kid: Value| RSA.sign(&json!({"alg": "RS256", "kid": kid}), &claims());
    refused(&guard, odd.map(|kid| ("a key id that is no text", sign(kid)))).await;
    refused(&guard, [("another key", mine.token("main"))]).await;
}

#[tokio::test]
async fn signatures_are_of_what_they_come_with() {
    for key in [&SigningKey::p256(), &SigningKey::p384(), &SigningKey::ed25519(), &*RSA, &hmac(&[9; 32])] {
        let guard = Guard::of(key);
        let good = key.token("main");
        assert_eq!(guard.token(&good).await, Outcome::Passed);
        let parts: Vec<&str> = good.split('.').collect();
        let more = encode(claims_with(json!({"plan": "enterprise"})).to_string());
        let bytes =
            base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, parts[2]).unwrap();
        let of = |signature: &[u8]| format!("{}.{}.{}", parts[0], parts[1], encode(signature));
        refused(
            &guard,
            [
                ("other claims", format!("{}.{more}.{}", parts[0], parts[2])),
                ("no signature", of(&[])),
                ("zeros", of(&vec![0; bytes.len()])),
                ("ones", of(&vec![0xff; bytes.len()])),
                ("shorter by a byte", of(&bytes[..bytes.len() - 1])),
                ("without its first byte", of(&bytes[1..])),
                ("longer by a byte", of(&[&bytes[..], &[0]].concat())),
                ("longer by a byte in front", of(&[&[0], &bytes[..]].concat())),
                ("twice", of(&[&bytes[..], &bytes[..]].concat())),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn an_elliptic_signature_in_der_is_none() {
    let key = SigningKey::p256();
    let guard = Guard::of(&key);
    let good = key.token("main");
    let (message, signature) = good.rsplit_once('.').unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, signature).unwrap();
    let integer = |half: &[u8]| {
        let padded = if half[0] >= 0x80 { [&[0], half].concat() } else { half.to_vec() };
        [&[2, u8::try_from(padded.len()).unwrap()], &padded[..]].concat()
    };
    let both = [integer(&bytes[..32]), integer(&bytes[32..])].concat();
    let der = [&[0x30, u8::try_from(both.len()).unwrap()], &both[..]].concat();
    refused(&guard, [("DER", format!("{message}.{}", encode(der)))]).await;
}

#[tokio::test]
async fn a_token_is_three_parts_in_one_alphabet() {
    let key = hmac(&[9; 32]);
    let guard = Guard::of(&key);
    let good = key.token("main");
    let parts: Vec<&str> = good.split('.').collect();
    let (header, body, signature) = (parts[0], parts[1], parts[2]);
    let text = |token: &str| token.to_owned();
    let resigned = |message: String| format!("{message}.{}", key.signature(&message));
    refused(
        &guard,
        [
            ("nothing", text("")),
            ("dots", text("..")),
            ("one part", text(header)),
            ("two parts", format!("{header}.{body}")),
            ("four parts", format!("{good}.{signature}")),
            ("five parts", format!("{good}.{signature}.{signature}")),
            ("an empty part in front", format!(".{good}")),
            ("an empty part behind", format!("{good}.")),
            ("no header", resigned(format!(".{body}"))),
            ("no claims", resigned(format!("{header}."))),
            ("padding of the signature", format!("{good}=")),
            ("padding of the header", resigned(format!("{header}=.{body}"))),
            ("padding of the claims", resigned(format!("{header}.{body}=="))),
            ("a space inside", format!("{header}. {body}.{signature}")),
            ("a comma and another", format!("{good},{good}")),
            ("the standard alphabet", resigned(format!("{header}.{body}+/"))),
            ("a tab inside", format!("{header}.{body}\t.{signature}")),
            ("quotes", format!("\"{good}\"")),
            (
                "JSON serialization",
                json!({"payload": body, "protected": header, "signature": signature}).to_string(),
            ),
            (
                "too long",
                key.sign(
                    &json!({"alg": "HS256", "kid": "main"}),
                    &claims_with(json!({"x": "y".repeat(6_200)})),
                ),
            ),
        ],
    )
    .await;
    let long =
        key.sign(&json!({"alg": "HS256", "kid": "main"}), &claims_with(json!({"x": "y".repeat(5_500)})));
    assert_eq!(guard.token(&long).await, Outcome::Passed);
}

#[tokio::test]
async fn bits_left_over_in_a_part_are_refused() {
    // 32 bytes leave 2 bits unused in their last character: four texts would be one signature.
    let key = hmac(&[9; 32]);
    let guard = Guard::of(&key);
    let good = key.token("main");
    let last = good.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let accepted: Vec<char> = {
        let mut accepted = Vec::new();
        for character in alphabet.chars() {
            let token = format!("{}{character}", &good[..good.len() - 1]);
            if guard.token(&token).await == Outcome::Passed {
                accepted.push(character);
            }
        }
        accepted
    };
    assert_eq!(accepted, [last]);
}

#[tokio::test]
async fn json_is_unambiguous() {
    let key = hmac(&[9; 32]);
    let guard = Guard::of(&key);
    let head = r#"{"alg":"HS256","kid":"main"}"#;
    let body = claims().to_string();
    let inside = &body[1..body.len() - 1];
    assert_eq!(guard.token(&key.sign_text(head, &body)).await, Outcome::Passed);
    refused(
        &guard,
        [
            ("an algorithm twice", key.sign_text(r#"{"alg":"none","alg":"HS256","kid":"main"}"#, &body)),
            (
                "an algorithm twice, the same",
                key.sign_text(r#"{"alg":"HS256","alg":"HS256","kid":"main"}"#, &body),
            ),
            (
                "an algorithm twice, escaped",
                key.sign_text(r#"{"alg":"HS256","\u0061lg":"HS256","kid":"main"}"#, &body),
            ),
            ("a key id twice", key.sign_text(r#"{"alg":"HS256","kid":"other","kid":"main"}"#, &body)),
            ("a subject twice", key.sign_text(head, &format!(r#"{{{inside},"sub":"bob"}}"#))),
            ("an end twice", key.sign_text(head, &format!(r#"{{{inside},"exp":{}}}"#, NOW + 600))),
            ("twice, deeper", key.sign_text(head, &format!(r#"{{{inside},"a":[{{"b":1,"b":2}}]}}"#))),
            ("a header that is a list", key.sign_text(r#"[{"alg":"HS256"}]"#, &body)),
            ("a header with something behind", key.sign_text(&format!("{head}x"), &body)),
            ("two headers", key.sign_text(&format!("{head}{head}"), &body)),
            ("claims that are a list", key.sign_text(head, &format!("[{body}]"))),
            ("claims that are a text", key.sign_text(head, &format!("{:?}", key.token("main")))),
            ("claims with something behind", key.sign_text(head, &format!("{body}x"))),
            ("a byte order mark", key.sign_text(head, &format!("\u{feff}{body}"))),
            ("comments", key.sign_text(head, &format!("{body}/* */"))),
            (
                "depth",
                key.sign_text(head, &format!(r#"{{{inside},"a":{}1{}}}"#, "[".repeat(200), "]".repeat(200))),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn claims_are_those_that_are_expected() {
    let key = hmac(&[9; 32]);
    let guard = Guard::of(&key);
    let header = json!({"alg": "HS256", "kid": "main"});
    let with = |change: Value| key.sign(&header, &claims_with(change));
    for (name, change, expected) in [
        ("as they are", json!({}), Outcome::Passed),
        ("a list of one", json!({"aud": [AUDIENCE]}), Outcome::Passed),
        ("no beginning", json!({"iat": null}), Outcome::Passed),
        ("no subject", json!({"sub": null}), Outcome::Passed),
        ("no end", json!({"exp": null}), Outcome::Invalid),
        ("expired", json!({"exp": NOW - 30}), Outcome::Invalid),
        ("an end in a text", json!({"exp": (NOW + 600).to_string()}), Outcome::Invalid),
        ("an end of true", json!({"exp": true}), Outcome::Invalid),
        ("an end in a list", json!({"exp": [NOW + 600]}), Outcome::Invalid),
        ("an end in milliseconds", json!({"exp": (NOW + 600) * 1_000}), Outcome::Invalid),
        ("an end beyond all numbers", json!({"exp": u64::MAX}), Outcome::Invalid),
        ("below all numbers", json!({"exp": i64::MIN}), Outcome::Invalid),
        ("not yet", json!({"nbf": NOW + 31}), Outcome::Invalid),
        ("issued in the future", json!({"iat": NOW + 31}), Outcome::Invalid),
        ("no issuer", json!({"iss": null}), Outcome::Invalid),
        ("another issuer", json!({"iss": "https://id.example.org"}), Outcome::Invalid),
        ("an issuer in front of it", json!({"iss": format!("{ISSUER}.example.org")}), Outcome::Invalid),
        ("a list of issuers", json!({"iss": [ISSUER]}), Outcome::Invalid),
        ("no audience", json!({"aud": null}), Outcome::Invalid),
        ("another audience", json!({"aud": "https://admin.example.com"}), Outcome::Invalid),
        ("an audience in another case", json!({"aud": AUDIENCE.to_uppercase()}), Outcome::Invalid),
        ("an empty audience", json!({"aud": ""}), Outcome::Invalid),
        ("an audience of all", json!({"aud": "*"}), Outcome::Invalid),
        ("an audience among others than texts", json!({"aud": [AUDIENCE, null, 1]}), Outcome::Invalid),
        ("without what the service reads", json!({"plan": null}), Outcome::Invalid),
        ("with something else than it reads", json!({"plan": 7}), Outcome::Invalid),
    ] {
        assert_eq!(guard.token(&with(change)).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_type_that_is_demanded_has_to_be_there() {
    let key = hmac(&[9; 32]);
    let keys = json!({"main": written(&key)});
    let guard = Guard::new(settings(json!({"keys": keys, "typ": "at+jwt"})).unwrap());
    let of = |typ: &str| key.sign(&json!({"alg": "HS256", "kid": "main", "typ": typ}), &claims());
    for (token, expected) in [
        (of("at+jwt"), Outcome::Passed),
        (of("application/at+jwt"), Outcome::Passed),
        (of("AT+JWT"), Outcome::Passed),
        (of("JWT"), Outcome::Invalid),
        (of("at+jwt "), Outcome::Invalid),
        (of(""), Outcome::Invalid),
        (key.token("main"), Outcome::Invalid),
    ] {
        assert_eq!(guard.token(&token).await, expected, "{token}");
    }
}

#[tokio::test]
async fn a_request_has_one_credential() {
    let key = hmac(&[9; 32]);
    let guard = Guard::of(&key);
    let good = key.token("main");
    let field = format!("Bearer {good}");
    for (name, fields, expected) in [
        ("one", vec![field.clone()], Outcome::Passed),
        ("none", vec![], Outcome::Missing),
        ("another scheme", vec!["Basic YTpi".to_owned()], Outcome::Missing),
        ("the token without its scheme", vec![good.clone()], Outcome::Missing),
        ("the scheme without a token", vec!["Bearer".to_owned()], Outcome::Invalid),
        ("the scheme twice", vec![format!("Bearer {field}")], Outcome::Invalid),
        ("twice", vec![field.clone(), field.clone()], Outcome::Invalid),
        ("beside another scheme", vec![field.clone(), "Basic YTpi".to_owned()], Outcome::Invalid),
        ("behind another scheme", vec!["Basic YTpi".to_owned(), field.clone()], Outcome::Invalid),
        ("two in one field", vec![format!("{field}, Basic YTpi")], Outcome::Invalid),
    ] {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        assert_eq!(guard.fields(&fields).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_secret_of_another_section_signs_nothing_here() {
    let (mine, theirs) = (hmac(&[9; 32]), hmac(&[8; 32]));
    assert_eq!(Guard::of(&mine).token(&theirs.token("main")).await, Outcome::Invalid);
    let longer = SigningKey { key: EncodingKey::from_secret(&[9; 33]), ..hmac(&[9; 32]) };
    assert_eq!(Guard::of(&mine).token(&longer.token("main")).await, Outcome::Invalid);
}
