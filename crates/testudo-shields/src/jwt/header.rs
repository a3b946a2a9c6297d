//! The header of a token (RFC 7515, section 4).

use serde_json::{Map, Value};

use super::{algorithm::Algorithm, refusal::Refusal};

/// Longest key id that is looked up, in bytes.
const KID_MAX_BYTES: usize = 256;

/// Types that a bearer token may have where the settings name none.
const USUAL_TYPES: [&str; 2] = ["jwt", "at+jwt"];

/// Members that bring a key, or say where one is. A token does not choose the key that it is checked with.
const KEYS: [&str; 4] = ["jwk", "jku", "x5u", "x5c"];

/// What the header says about the signature.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) algorithm: Algorithm,
    pub(super) kid: Option<String>,
}

/// Reads a header. `typ` is the type that tokens have to have.
pub(super) fn read(mut members: Map<String, Value>, typ: Option<&str>) -> Result<Header, Refusal> {
    // RFC 7515, section 4.1.11. No extension is understood here, and `b64` (RFC 7797) has to be critical.
    if members.contains_key("crit") || members.contains_key("b64") {
        return Err(Refusal::CriticalHeader);
    }
    if KEYS.iter().any(|name| members.contains_key(*name)) {
        return Err(Refusal::EmbeddedKey);
    }
    let Some(Value::String(algorithm)) = members.get("alg") else { return Err(Refusal::Header) };
    let algorithm = Algorithm::named(algorithm).ok_or(Refusal::Algorithm)?;
    let kid = match members.remove("kid") {
        None => None,
        Some(Value::String(kid)) if kid.len() <= KID_MAX_BYTES => Some(kid),
        Some(_) => return Err(Refusal::Header),
    };
    let said = match members.get("typ") {
        None => None,
        Some(Value::String(said)) => Some(media_type(said)),
        Some(_) => return Err(Refusal::Header),
    };
    let fits = match (typ, said) {
        (Some(wanted), said) => said == Some(media_type(wanted)),
        (None, None) => true,
        (None, Some(said)) => USUAL_TYPES.contains(&said.as_str()),
    };
    if fits { Ok(Header { algorithm, kid }) } else { Err(Refusal::Type) }
}

/// RFC 7515, section 4.1.9: without case, and `application/` may be left out.
fn media_type(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    text.strip_prefix("application/").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_header_may_say() {
        let good =
            |kid: Option<&str>| Ok(Header { algorithm: Algorithm::RS256, kid: kid.map(str::to_owned) });
        let long = "k".repeat(KID_MAX_BYTES + 1);
        for (name, typ, header, expected) in [
            ("the least", None, json!({"alg": "RS256"}), good(None)),
            ("a key id", None, json!({"alg": "RS256", "kid": "k"}), good(Some("k"))),
            ("a type", None, json!({"alg": "RS256", "typ": "JWT"}), good(None)),
            ("an access token", None, json!({"alg": "RS256", "typ": "at+jwt"}), good(None)),
            ("a thumbprint", None, json!({"alg": "RS256", "x5t": "abc"}), good(None)),
            ("what is not understood", None, json!({"alg": "RS256", "acme": 1}), good(None)),
            (
                "the type demanded",
                Some("at+jwt"),
                json!({"alg": "RS256", "typ": "application/AT+JWT"}),
                good(None),
            ),
            (
                "another type than demanded",
                Some("at+jwt"),
                json!({"alg": "RS256", "typ": "JWT"}),
                Err(Refusal::Type),
            ),
            ("no type though demanded", Some("at+jwt"), json!({"alg": "RS256"}), Err(Refusal::Type)),
            ("a logout token", None, json!({"alg": "RS256", "typ": "logout+jwt"}), Err(Refusal::Type)),
            ("a proof of possession", None, json!({"alg": "RS256", "typ": "dpop+jwt"}), Err(Refusal::Type)),
            ("a type that is none", None, json!({"alg": "RS256", "typ": 1}), Err(Refusal::Header)),
            ("no algorithm", None, json!({}), Err(Refusal::Header)),
            ("an algorithm that is none", None, json!({"alg": ["RS256"]}), Err(Refusal::Header)),
            ("`none`", None, json!({"alg": "none"}), Err(Refusal::Algorithm)),
            ("a key id that is none", None, json!({"alg": "RS256", "kid": 1}), Err(Refusal::Header)),
            ("a key id of `null`", None, json!({"alg": "RS256", "kid": null}), Err(Refusal::Header)),
            ("too long a key id", None, json!({"alg": "RS256", "kid": long}), Err(Refusal::Header)),
            ("critical", None, json!({"alg": "RS256", "crit": ["exp"]}), Err(Refusal::CriticalHeader)),
            (
                "critical, though nothing is",
                None,
                json!({"alg": "RS256", "crit": []}),
                Err(Refusal::CriticalHeader),
            ),
            ("unencoded content", None, json!({"alg": "RS256", "b64": false}), Err(Refusal::CriticalHeader)),
            ("a key", None, json!({"alg": "RS256", "jwk": {"kty": "RSA"}}), Err(Refusal::EmbeddedKey)),
            (
                "an address of keys",
                None,
                json!({"alg": "RS256", "jku": "https://x"}),
                Err(Refusal::EmbeddedKey),
            ),
            (
                "an address of certificates",
                None,
                json!({"alg": "RS256", "x5u": ""}),
                Err(Refusal::EmbeddedKey),
            ),
            ("certificates", None, json!({"alg": "RS256", "x5c": []}), Err(Refusal::EmbeddedKey)),
        ] {
            let Value::Object(members) = header else { unreachable!("a table of objects") };
            assert_eq!(read(members, typ), expected, "{name}");
        }
    }
}
