//! The claims that say whose token it is, for whom, and until when (RFC 7519, section 4.1).

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::refusal::Refusal;

/// What the claims of a token have to say.
#[derive(Debug)]
pub(super) struct Expectations {
    /// Who issues the tokens. Exactly this text.
    pub(super) issuer: String,
    /// As whom the service is addressed. A token names at least one of them.
    pub(super) audience: Vec<String>,
    /// How far the clocks of the issuer and of the service may be apart.
    pub(super) leeway: Duration,
    /// How long tokens may live.
    pub(super) lifetime_max: Duration,
}

/// The registered claims of a token that holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Registered {
    pub(super) issuer: String,
    pub(super) subject: Option<String>,
    pub(super) audience: Vec<String>,
    pub(super) id: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) expires_at: SystemTime,
    pub(super) issued_at: Option<SystemTime>,
}

/// Checks the claims of a token whose signature is right.
pub(super) fn check(
    claims: &Map<String, Value>,
    expected: &Expectations,
    now: SystemTime,
) -> Result<Registered, Refusal> {
    let issuer = text(claims, "iss")?.ok_or(Refusal::Issuer)?;
    if issuer != expected.issuer {
        return Err(Refusal::Issuer);
    }
    let audience = audience(claims)?;
    if !audience.iter().any(|one| expected.audience.contains(one)) {
        return Err(Refusal::Audience);
    }
    let now = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64());
    let leeway = expected.leeway.as_secs_f64();
    let lifetime_max = expected.lifetime_max.as_secs_f64();
    let expires = date(claims, "exp")?.ok_or(Refusal::NoExpiry)?;
    let since = date(claims, "iat")?;
    let from = date(claims, "nbf")?;
    // RFC 7519, section 4.1.4: "on or after which".
    if now >= expires + leeway {
        return Err(Refusal::Expired);
    }
    if [since, from].into_iter().flatten().any(|begin| begin > now + leeway) {
        return Err(Refusal::NotYetValid);
    }
    // Counted from its own beginning, and from now where it tells none.
    if expires - since.unwrap_or(now).min(now + leeway) > lifetime_max + leeway {
        return Err(Refusal::LivesTooLong);
    }
    Ok(Registered {
        issuer: issuer.to_owned(),
        subject: text(claims, "sub")?.map(str::to_owned),
        audience,
        id: text(claims, "jti")?.map(str::to_owned),
        scopes: scopes(claims),
        expires_at: time(expires).ok_or(Refusal::Claims)?,
        issued_at: since.map(|since| time(since).ok_or(Refusal::Claims)).transpose()?,
    })
}

fn text<'c>(claims: &'c Map<String, Value>, name: &str) -> Result<Option<&'c str>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::Claims),
    }
}

/// RFC 7519, section 4.1.3: a text, or a list of texts.
fn audience(claims: &Map<String, Value>) -> Result<Vec<String>, Refusal> {
    match claims.get("aud") {
        None => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(all)) => {
            all.iter().map(|one| one.as_str().map(str::to_owned).ok_or(Refusal::Claims)).collect()
        }
        Some(_) => Err(Refusal::Claims),
    }
}

/// RFC 8693, section 4.2: words in a text, or, as some issuers have it, a list of them. Anything else is no scope.
fn scopes(claims: &Map<String, Value>) -> Vec<String> {
    match claims.get("scope") {
        Some(Value::String(words)) => {
            words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
        }
        Some(Value::Array(all)) => {
            let texts: Option<Vec<_>> = all.iter().map(|one| one.as_str().map(str::to_owned)).collect();
            texts.unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// RFC 7519, section 2, `NumericDate`: seconds since 1970, which may have a fraction.
fn date(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::Number(seconds)) => match seconds.as_f64() {
            Some(seconds) if seconds.is_finite() => Ok(Some(seconds)),
            _ => Err(Refusal::Claims),
        },
        Some(_) => Err(Refusal::Claims),
    }
}

fn time(seconds: f64) -> Option<SystemTime> {
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_800_000_000;

    #[test]
    fn which_claims_hold() {
        let expected = Expectations {
            issuer: "https://id.example.com".to_owned(),
            audience: vec!["api".to_owned(), "api2".to_owned()],
            leeway: Duration::from_secs(30),
            lifetime_max: Duration::from_hours(1),
        };
        let good =
            json!({"iss": "https://id.example.com", "aud": "api", "exp": NOW + 60, "iat": NOW, "sub": "ann"});
        for (name, change, outcome) in [
            ("as it is", json!({}), Ok(())),
            ("several audiences", json!({"aud": ["other", "api2"]}), Ok(())),
            ("the last moment", json!({"exp": NOW - 29}), Ok(())),
            ("a fraction", json!({"exp": 1_799_999_970.5}), Ok(())),
            ("over", json!({"exp": NOW - 30}), Err(Refusal::Expired)),
            ("before 1970", json!({"exp": -1}), Err(Refusal::Expired)),
            ("no end", json!({"exp": null}), Err(Refusal::Claims)),
            ("an end that is a text", json!({"exp": "2100000000"}), Err(Refusal::Claims)),
            ("an end beyond time", json!({"exp": 1e300}), Err(Refusal::LivesTooLong)),
            ("a beginning long before time", json!({"iat": -1e300}), Err(Refusal::LivesTooLong)),
            ("not yet", json!({"nbf": NOW + 31}), Err(Refusal::NotYetValid)),
            ("about to begin", json!({"nbf": NOW + 30}), Ok(())),
            ("a beginning that is a text", json!({"nbf": "1"}), Err(Refusal::Claims)),
            ("issued later", json!({"iat": NOW + 31}), Err(Refusal::NotYetValid)),
            ("issued a little later", json!({"iat": NOW + 30}), Ok(())),
            ("issued at a text", json!({"iat": "1"}), Err(Refusal::Claims)),
            ("the longest life", json!({"exp": NOW + 3_600}), Ok(())),
            ("too long a life", json!({"exp": NOW + 3_631}), Err(Refusal::LivesTooLong)),
            ("too long a life, most of it over", json!({"iat": NOW - 3_600}), Err(Refusal::LivesTooLong)),
            ("another issuer", json!({"iss": "https://id.example.com/"}), Err(Refusal::Issuer)),
            ("an issuer in another case", json!({"iss": "https://ID.example.com"}), Err(Refusal::Issuer)),
            ("several issuers", json!({"iss": ["https://id.example.com"]}), Err(Refusal::Claims)),
            ("another audience", json!({"aud": "api3"}), Err(Refusal::Audience)),
            ("a part of the audience", json!({"aud": "ap"}), Err(Refusal::Audience)),
            ("no audience in the list", json!({"aud": []}), Err(Refusal::Audience)),
            ("an audience that is no text", json!({"aud": ["api", 1]}), Err(Refusal::Claims)),
            ("an audience that is an object", json!({"aud": {"api": true}}), Err(Refusal::Claims)),
            ("a subject that is no text", json!({"sub": 1}), Err(Refusal::Claims)),
            ("an id that is no text", json!({"jti": 1}), Err(Refusal::Claims)),
        ] {
            let (Value::Object(mut claims), Value::Object(change)) = (good.clone(), change) else {
                unreachable!("a table of objects")
            };
            claims.extend(change);
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
            assert_eq!(check(&claims, &expected, now).map(drop), outcome, "{name}");
        }
        for (left_out, outcome) in [
            ("iss", Err(Refusal::Issuer)),
            ("aud", Err(Refusal::Audience)),
            ("exp", Err(Refusal::NoExpiry)),
            ("iat", Ok(())),
            ("sub", Ok(())),
        ] {
            let Value::Object(mut claims) = good.clone() else { unreachable!("an object") };
            claims.remove(left_out);
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
            assert_eq!(check(&claims, &expected, now).map(drop), outcome, "without `{left_out}`");
        }
    }
}
