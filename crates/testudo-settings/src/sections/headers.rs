//! Header fields that tell browsers to be careful.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Period;

/// Header fields that tell browsers to be careful. They are on every response, and never weaker than what a handler
/// has set.
///
/// ```
/// use testudo_settings::{HeaderPreset, HeaderSettings};
///
/// assert_eq!(HeaderSettings::default().preset, HeaderPreset::Api);
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HeaderSettings {
    /// `api` for services that answer programs, `html` for those that serve pages.
    pub preset: HeaderPreset,
    /// `Content-Security-Policy` in place of the preset's; `{nonce}` stands for the nonce of the response.
    pub content_security_policy: Option<String>,
    /// `Strict-Transport-Security` (RFC 6797), sent over TLS or behind a trusted proxy that says so.
    pub hsts: HstsSettings,
}

/// What kind of responses a service gives.
///
/// ```
/// assert_eq!(serde_json::to_value(testudo_settings::HeaderPreset::Html).unwrap(), "html");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HeaderPreset {
    /// Data for programs: nothing may be loaded, framed or rendered.
    #[default]
    Api,
    /// Pages: scripts and styles of the service itself, or with the nonce of the response.
    Html,
}

/// `Strict-Transport-Security` (RFC 6797).
///
/// ```
/// let hsts = testudo_settings::HstsSettings::default();
/// assert_eq!(hsts.max_age.as_secs(), 2 * 365 * 24 * 3_600);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HstsSettings {
    /// How long browsers insist on TLS; `0s` tells them to forget.
    pub max_age: Period,
    /// Also for every name below.
    pub include_subdomains: bool,
    /// Consents to being built into browsers. Hard to take back.
    pub preload: bool,
}

impl Default for HstsSettings {
    fn default() -> Self {
        Self { max_age: Period::from_secs(2 * 365 * 24 * 3_600), include_subdomains: true, preload: false }
    }
}
