//! Who may say where a request came from.

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who may say where a request came from. The client is the right-most address that is not a trusted proxy's.
///
/// ```
/// use testudo_settings::{ForwardedHeader, ProxySettings};
///
/// let proxies = ProxySettings::default();
/// assert!(proxies.trusted.is_empty());
/// assert_eq!(proxies.header, ForwardedHeader::XForwardedFor);
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ProxySettings {
    /// Networks of the proxies in front, such as `10.0.0.0/8` or `2001:db8::/32`. Nobody else is believed.
    #[schemars(with = "Vec<String>", extend("items" = { "type": "string", "format": "network" }))]
    pub trusted: Vec<IpNet>,
    /// The header field that these proxies write. The other is ignored, since nobody has cleaned it.
    pub header: ForwardedHeader,
}

/// A header field in which proxies say whom they speak for.
///
/// ```
/// use testudo_settings::ForwardedHeader;
///
/// assert_eq!(serde_json::to_value(ForwardedHeader::Forwarded).unwrap(), "forwarded");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ForwardedHeader {
    /// `X-Forwarded-For`, with `X-Forwarded-Proto` and `X-Forwarded-Host`.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}
