//! `[jwt.NAME]`.

use std::{borrow::Cow, collections::BTreeMap, ops::RangeInclusive, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use testudo_settings::{NamedSection, Period, Secret};

use super::{
    algorithm::{Algorithm, Family},
    claims::Expectations,
    key::Key,
    key_set::{KEYS_MAX, KeySet},
    server::{KeyServerUrl, Source, trusting},
};

/// Bounds of `leeway`: clocks that are further apart have to be set.
const LEEWAY: RangeInclusive<Period> = Period::from_secs(0)..=Period::from_secs(5 * 60);

/// Bounds of `lifetime_max`.
const LIFETIME_MAX: RangeInclusive<Period> = Period::from_secs(60)..=Period::from_secs(366 * 86_400);

/// Bounds of `jwks_refresh`.
const REFRESH: RangeInclusive<Period> = Period::from_secs(60)..=Period::from_secs(86_400);

/// Bounds of `jwks_keep`, above `jwks_refresh`.
const KEEP: RangeInclusive<Period> = Period::from_secs(60)..=Period::from_secs(7 * 86_400);

/// Which tokens hold: who issues them, for whom, and with which keys they are signed.
///
/// Issuer, audience and keys have no defaults, and there is no way to leave a check out.
///
/// ```
/// use testudo_shields::jwt::JwtSettings;
///
/// let good = r#"{
///     "issuer": "https://id.example.com",
///     "audience": ["https://api.example.com"],
///     "keys": {"2026-11": {"algorithm": "HS256", "secret": "0123456789abcdef0123456789abcdef"}}
/// }"#;
/// let settings: JwtSettings = serde_json::from_str(good).unwrap();
/// assert_eq!(settings.issuer(), "https://id.example.com");
/// assert_eq!(settings.audience(), ["https://api.example.com"]);
/// assert!(!format!("{settings:?}").contains("0123456789abcdef"));
///
/// let short = good.replace("0123456789abcdef0123456789abcdef", "hunter2");
/// let error = serde_json::from_str::<JwtSettings>(&short).unwrap_err();
/// assert!(error.to_string().contains("HS256 needs a secret of at least 32 bytes, and this one has 7"));
/// ```
#[derive(Debug, Deserialize)]
#[serde(try_from = "Written")]
pub struct JwtSettings {
    pub(super) expected: Expectations,
    pub(super) typ: Option<String>,
    pub(super) keys: Keys,
}

/// Where the keys are.
#[derive(Debug)]
pub(super) enum Keys {
    Here(KeySet),
    Elsewhere(Source),
}

/// As it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// Who issues the tokens: their claim `iss`, letter for letter.
    #[schemars(length(min = 1))]
    issuer: String,
    /// As whom tokens address this service: one of these has to be in their claim `aud`.
    #[schemars(length(min = 1))]
    audience: Vec<String>,
    /// The type that tokens have to have, such as `at+jwt` for access tokens (RFC 9068). Unset: `JWT`, `at+jwt`, or none.
    typ: Option<String>,
    /// How far the clocks of issuer and service may be apart. At most `5m`.
    #[serde(default = "leeway")]
    leeway: Period,
    /// How long tokens may live. From `1m` to `366d`.
    #[serde(default = "lifetime_max")]
    lifetime_max: Period,
    /// The keys, each under its id (`kid`). Either these, or `jwks_url`.
    #[serde(default)]
    keys: BTreeMap<String, WrittenKey>,
    /// Where the issuer publishes its keys as a JSON Web Key Set: `https`, or `http` on this machine.
    jwks_url: Option<String>,
    /// The algorithms that keys of `jwks_url` may be used for.
    #[serde(default)]
    algorithms: Vec<Algorithm>,
    /// The age at which keys are fetched again from `jwks_url`. From `1m` to `1d`.
    #[serde(default = "jwks_refresh")]
    jwks_refresh: Period,
    /// The age up to which they are used while the key server is down. From `jwks_refresh` to `7d`.
    #[serde(default = "jwks_keep")]
    jwks_keep: Period,
    /// Certificates (PEM) of whom to trust for `jwks_url`. Unset: those that browsers trust.
    jwks_ca: Option<String>,
}

/// A key: exactly one of `secret`, `public_key` and `jwk`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    /// Its id in tokens, where that is not the name of its section.
    kid: Option<String>,
    /// The one algorithm that it is used for.
    algorithm: Algorithm,
    /// A shared secret: the bytes of this text, at least as many as the hash has.
    secret: Option<Secret>,
    /// A public key in PEM (`-----BEGIN PUBLIC KEY-----`).
    public_key: Option<String>,
    /// A JSON Web Key: public, or of type `oct`.
    jwk: Option<Secret>,
}

fn leeway() -> Period {
    Period::from_secs(30)
}

fn lifetime_max() -> Period {
    Period::from_secs(86_400)
}

fn jwks_refresh() -> Period {
    Period::from_secs(15 * 60)
}

fn jwks_keep() -> Period {
    Period::from_secs(86_400)
}

// Whoever forgets a section of their own is not helped by the names of ours.
#[diagnostic::do_not_recommend]
impl NamedSection for JwtSettings {
    const KIND: &'static str = "jwt";
}

impl JwtSettings {
    /// Who issues the tokens.
    pub fn issuer(&self) -> &str {
        &self.expected.issuer
    }

    /// As whom tokens address this service.
    pub fn audience(&self) -> &[String] {
        &self.expected.audience
    }
}

impl TryFrom<Written> for JwtSettings {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        if written.issuer.is_empty() {
            return Err("invalid `issuer` \"\": write who issues the tokens".to_owned());
        }
        if written.audience.is_empty() || written.audience.iter().any(String::is_empty) {
            return Err("invalid `audience`: write at least one name, and none that is empty".to_owned());
        }
        if written.typ.as_deref().is_some_and(str::is_empty) {
            return Err("invalid `typ` \"\": write a type such as `at+jwt`, or leave it out".to_owned());
        }
        let leeway = within("leeway", written.leeway, &LEEWAY)?;
        let lifetime_max = within("lifetime_max", written.lifetime_max, &LIFETIME_MAX)?;
        let keys = match (&written.jwks_url, written.keys.is_empty()) {
            (None, false) => here(&written)?,
            (Some(url), true) => elsewhere(&written, url)?,
            (None, true) => return Err("there are no keys: write `keys`, or `jwks_url`".to_owned()),
            (Some(_), false) => return Err("write either `keys` or `jwks_url`, and not both".to_owned()),
        };
        let Written { issuer, audience, typ, .. } = written;
        Ok(Self { expected: Expectations { issuer, audience, leeway, lifetime_max }, typ, keys })
    }
}

impl JsonSchema for JwtSettings {
    fn schema_name() -> Cow<'static, str> {
        "JwtSettings".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}

/// The keys of the section itself.
fn here(written: &Written) -> Result<Keys, String> {
    if !written.algorithms.is_empty() {
        return Err(
            "`algorithms` are those of `jwks_url`: each of the `keys` has its own `algorithm`".to_owned()
        );
    }
    if written.jwks_ca.is_some() {
        return Err("`jwks_ca` is for `jwks_url`: leave it out".to_owned());
    }
    if written.keys.len() > KEYS_MAX {
        return Err(format!("more than {KEYS_MAX} `keys`: leave out those that nobody signs with any more"));
    }
    let mut keys: Vec<Key> = Vec::new();
    for (name, key) in &written.keys {
        let kid = key.kid.as_deref().unwrap_or(name);
        let read = match (&key.secret, &key.public_key, &key.jwk) {
            (Some(secret), None, None) => Key::from_secret(kid, key.algorithm, secret.expose().as_bytes()),
            (None, Some(pem), None) => Key::from_pem(kid, key.algorithm, pem),
            (None, None, Some(jwk)) => Key::from_jwk_text(kid, key.algorithm, jwk.expose()),
            _ => Err("write exactly one of `secret`, `public_key` and `jwk`".to_owned()),
        };
        let read = read.map_err(|mistake| format!("invalid key `{name}`: {mistake}"))?;
        if keys.iter().any(|other| other.kid == read.kid) {
            return Err(format!("invalid key `{name}`: another key has the `kid` `{kid}`"));
        }
        keys.push(read);
    }
    Ok(Keys::Here(KeySet::new(keys)))
}

/// The keys of a key server.
fn elsewhere(written: &Written, url: &str) -> Result<Keys, String> {
    if written.algorithms.is_empty() {
        return Err("`jwks_url` needs `algorithms`: write those that the issuer signs with".to_owned());
    }
    if let Some(shared) = written.algorithms.iter().find(|algorithm| algorithm.family() == Family::Secret) {
        return Err(format!(
            "invalid algorithm `{}`: what is published at `jwks_url` is no secret; name algorithms with public keys",
            shared.name()
        ));
    }
    let refresh = within("jwks_refresh", written.jwks_refresh, &REFRESH)?;
    let keep = within("jwks_keep", written.jwks_keep, &KEEP)?;
    if keep < refresh {
        return Err(format!(
            "invalid `jwks_keep` \"{}\": it must not be below `jwks_refresh` (\"{}\")",
            written.jwks_keep, written.jwks_refresh
        ));
    }
    let url = KeyServerUrl::parse(url)?;
    let tls = trusting(written.jwks_ca.as_deref())?;
    Ok(Keys::Elsewhere(Source { url, tls, algorithms: written.algorithms.clone(), refresh, keep }))
}

fn within(name: &str, period: Period, bounds: &RangeInclusive<Period>) -> Result<Duration, String> {
    if bounds.contains(&period) {
        return Ok(*period);
    }
    Err(format!("invalid `{name}` \"{period}\": write from {} to {}", bounds.start(), bounds.end()))
}
