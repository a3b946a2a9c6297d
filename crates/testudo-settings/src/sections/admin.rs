//! The listener for operators.

use std::net::{IpAddr, Ipv4Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Secret;

/// The listener for operators: probes, `/metrics`, `/shields`, `/config`, `/log-level`.
///
/// ```
/// let admin = testudo_settings::AdminSettings::default();
/// assert!(admin.enabled && admin.host.is_loopback() && admin.port == 9_000);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct AdminSettings {
    /// Whether there is one.
    pub enabled: bool,
    /// Address to listen on. Off loopback only probes and `/metrics` answer without the token.
    pub host: IpAddr,
    /// Port to listen on; `0` takes a free one.
    pub port: u16,
    /// Opens everything else off loopback, as `Authorization: Bearer TOKEN`. At least 32 characters.
    pub token: Option<Secret>,
}

impl Default for AdminSettings {
    fn default() -> Self {
        Self { enabled: true, host: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 9_000, token: None }
    }
}
