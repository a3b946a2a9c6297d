//! `[hmac.NAME]`.

use std::{collections::BTreeSet, time::Duration};

use ::hmac::{Hmac, KeyInit, Mac};
use http::HeaderName;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};
use testudo_settings::{NamedSection, Period, Secret};

use super::{
    claim::Claim,
    scheme::{Encoding, Layout, Scheme, Time},
};

/// Shorter than this, a secret can be guessed from one delivery (RFC 2104, section 3, asks for as much as the hash has).
const SECRET_MIN_BYTES: usize = 16;

/// Most secrets at a time: each is tried on every delivery.
const SECRETS_MAX: usize = 8;

const TOLERANCE_DEFAULT: Duration = Duration::from_mins(5);
const TOLERANCE_MIN: Duration = Duration::from_secs(1);
const TOLERANCE_MAX: Duration = Duration::from_hours(1);

/// Who signs, with what, and how.
///
/// ```
/// use testudo_shields::hmac::HmacSettings;
///
/// let read = serde_json::from_str::<HmacSettings>;
/// assert!(read(r#"{"preset": "github", "secrets": ["sixteen letters!"]}"#).is_ok());
///
/// let short = read(r#"{"preset": "github", "secrets": ["fifteen letters"]}"#).unwrap_err().to_string();
/// assert!(short.contains("at least 16 bytes") && !short.contains("fifteen"), "{short}");
/// ```
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Written")]
pub struct HmacSettings {
    pub(super) scheme: Scheme,
    secrets: Box<[Secret]>,
    pub(super) tolerance: Duration,
}

/// As it is written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// How the sender writes its signature.
    preset: Preset,
    /// What the sender signs with: 16 bytes or more each, at most 8. A delivery signed with any of them passes, so a
    /// new one is added before the sender changes to it, and the old one is taken away after. In a variable, one that holds a comma is written within a TOML array.
    #[schemars(length(min = 1, max = 8), inner(length(min = 16)))]
    secrets: Secrets,
    /// How far the signed time may be from now. Defaults to 5m; from 1s to 1h. Only where a time is signed.
    #[serde(default)]
    tolerance: Option<Tolerance>,
    /// The header field of the signature. Only, and always, with `preset = "generic"`.
    #[serde(default)]
    header: Option<Name>,
    /// What is written before the signature, such as `sha256=`. Only with `preset = "generic"`.
    #[serde(default)]
    prefix: Option<String>,
    /// How the signature is written. Defaults to hex. Only with `preset = "generic"`.
    #[serde(default)]
    encoding: Option<WrittenEncoding>,
    /// The header field of the time in seconds since 1970, signed as `SECONDS.CONTENT`. Without it no time is signed.
    /// Only with `preset = "generic"`.
    #[serde(default)]
    timestamp_header: Option<Name>,
}

/// Long enough, and each once. A type of its own for the same reason as [`Tolerance`].
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(try_from = "Vec<Secret>")]
#[schemars(inline, with = "Vec<Secret>")]
struct Secrets(Box<[Secret]>);

/// Within its bounds. A type of its own, so that a mistake is told at its key: what is wrong with a whole section that
/// holds secrets is not shown. To the schema it is a text: as a duration, its bounds would not be told.
#[derive(Deserialize, JsonSchema, Clone, Copy)]
#[serde(try_from = "Period")]
#[schemars(inline, with = "String")]
struct Tolerance(Period);

/// The name of a header field, told at its key likewise.
#[derive(Deserialize, JsonSchema, Clone)]
#[serde(try_from = "String")]
#[schemars(inline, with = "String")]
struct Name(HeaderName);

/// Whose way of signing it is.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Preset {
    Github,
    Stripe,
    Slack,
    Generic,
}

/// How bytes are written as text.
#[derive(Deserialize, JsonSchema, Clone, Copy)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum WrittenEncoding {
    Hex,
    Base64,
}

// Whoever forgets a section of their own is not helped by the names of ours.
#[diagnostic::do_not_recommend]
impl NamedSection for HmacSettings {
    const KIND: &'static str = "hmac";
}

impl HmacSettings {
    /// Whether any of the secrets has signed this. Every secret is tried on every signature, whatever the others
    /// said, so the time tells nothing.
    pub(super) fn have_signed(&self, claim: &Claim, content: &[u8]) -> bool {
        let mut signed = Choice::from(0);
        for secret in &self.secrets {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
                .expect("an HMAC key has any length");
            mac.update(claim.before_content.as_bytes());
            mac.update(content);
            let mac = mac.finalize().into_bytes();
            for signature in &claim.signatures {
                signed |= mac.as_slice().ct_eq(signature);
            }
        }
        signed.into()
    }
}

impl TryFrom<Written> for HmacSettings {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let scheme = match written.preset {
            Preset::Github => Scheme::github(),
            Preset::Stripe => Scheme::stripe(),
            Preset::Slack => Scheme::slack(),
            Preset::Generic => generic(&written)?,
        };
        if written.preset != Preset::Generic {
            no_generic_keys(&written)?;
        }
        let tolerance = tolerance(written.tolerance, &scheme)?;
        Ok(Self { scheme, secrets: written.secrets.0, tolerance })
    }
}

fn generic(written: &Written) -> Result<Scheme, String> {
    let Some(header) = &written.header else {
        return Err("`header` is missing: name the header field of the signature".to_owned());
    };
    let header = header.0.clone();
    let prefix = written.prefix.as_deref().unwrap_or_default();
    if let Some(wrong) = prefix.chars().find(|c| !matches!(c, '!'..='~')) {
        return Err(format!("`prefix` holds {wrong:?}: write visible ASCII characters, as they are sent"));
    }
    let time = written.timestamp_header.clone().map(|Name(header)| Time { header, before: "", between: "." });
    if time.as_ref().is_some_and(|time| time.header == header) {
        return Err(format!("`{header}` is `header` and `timestamp_header`: name two header fields"));
    }
    let encoding = match written.encoding {
        None | Some(WrittenEncoding::Hex) => Encoding::Hex,
        Some(WrittenEncoding::Base64) => Encoding::Base64,
    };
    Ok(Scheme { header, layout: Layout::Single { prefix: prefix.into(), encoding, time } })
}

/// What is wrong with one is said by its place, and never by its text.
impl TryFrom<Vec<Secret>> for Secrets {
    type Error = String;

    fn try_from(written: Vec<Secret>) -> Result<Self, String> {
        if written.is_empty() || written.len() > SECRETS_MAX {
            return Err(format!("`secrets` holds {}: write 1 to {SECRETS_MAX}", written.len()));
        }
        let mut known = BTreeSet::new();
        for (place, secret) in written.iter().enumerate() {
            let (place, secret) = (place + 1, secret.expose());
            if secret.len() < SECRET_MIN_BYTES {
                return Err(format!(
                    "secret {place} of `secrets` is too short: use one of at least {SECRET_MIN_BYTES} bytes"
                ));
            }
            if secret.trim() != secret {
                return Err(format!(
                    "secret {place} of `secrets` begins or ends with white space: take it away, nobody signs with it"
                ));
            }
            if !known.insert(secret) {
                return Err(format!("secret {place} of `secrets` is there twice: take one away"));
            }
        }
        Ok(Self(written.into()))
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let parsed = name.parse().map(Self);
        parsed.map_err(|_| format!("{name:?} is no header field: write its name, such as `X-Signature`"))
    }
}

impl TryFrom<Period> for Tolerance {
    type Error = String;

    fn try_from(written: Period) -> Result<Self, String> {
        if (TOLERANCE_MIN..=TOLERANCE_MAX).contains(&*written) {
            return Ok(Self(written));
        }
        let (min, max) = (Period::from(TOLERANCE_MIN), Period::from(TOLERANCE_MAX));
        Err(format!("`{written}` is out of bounds: write `{min}` to `{max}`"))
    }
}

fn no_generic_keys(written: &Written) -> Result<(), String> {
    let given = [
        ("header", written.header.is_some()),
        ("prefix", written.prefix.is_some()),
        ("encoding", written.encoding.is_some()),
        ("timestamp_header", written.timestamp_header.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((key, _)) => {
            Err(format!("`{key}` is part of the preset: take it away, or write `preset = \"generic\"`"))
        }
        None => Ok(()),
    }
}

fn tolerance(written: Option<Tolerance>, scheme: &Scheme) -> Result<Duration, String> {
    let Some(Tolerance(written)) = written else { return Ok(TOLERANCE_DEFAULT) };
    if scheme.signs_time() {
        return Ok(*written);
    }
    Err(format!("`tolerance` is `{written}`, but no time is signed: take it away"))
}

impl JsonSchema for HmacSettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HmacSettings".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Written::json_schema(generator)
    }
}
