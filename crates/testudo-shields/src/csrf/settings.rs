//! `[csrf.NAME]`.

use schemars::JsonSchema;
use serde::Deserialize;
use testudo_settings::NamedSection;

use super::origin::Origin;

/// Which other origins may send what changes something.
///
/// ```
/// use testudo_shields::csrf::CsrfSettings;
///
/// let read = serde_json::from_str::<CsrfSettings>;
/// assert!(read("{}").is_ok()); // nobody but the service's own pages
/// assert!(read(r#"{"trusted_origins": ["https://accounts.example.com"]}"#).is_ok());
///
/// let path = read(r#"{"trusted_origins": ["https://example.com/"]}"#).unwrap_err();
/// assert!(path.to_string().contains("no path"));
/// ```
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CsrfSettings {
    /// Origins whose pages may send what changes something, as a browser writes them: `https://accounts.example.com`,
    /// with a port only where it is not that of the scheme. They are compared letter for letter. Defaults to none.
    #[serde(default)]
    trusted_origins: Vec<TrustedOrigin>,
}

/// An origin as browsers write it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(inline, with = "String")]
struct TrustedOrigin(String);

// Whoever forgets a section of their own is not helped by the names of ours.
#[diagnostic::do_not_recommend]
impl NamedSection for CsrfSettings {
    const KIND: &'static str = "csrf";
}

impl CsrfSettings {
    /// Whether this is one of the trusted origins.
    pub(super) fn trusts(&self, origin: &str) -> bool {
        self.trusted_origins.iter().any(|trusted| trusted.0 == origin)
    }
}

impl TryFrom<String> for TrustedOrigin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let Some(origin) = Origin::parse(&text) else {
            return Err(format!(
                "`{text}` is no origin: write `https://`, a host and nothing else, no path and no `*`"
            ));
        };
        if !origin.is_canonical() {
            return Err(format!(
                "no browser writes `{text}`: write it in lower case, and without the port of its scheme"
            ));
        }
        Ok(Self(text))
    }
}
