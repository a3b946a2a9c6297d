//! Host names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Host names that the service answers to (RFC 9110, section 7.2). Others get `421`. Probes are answered under any.
///
/// ```
/// assert!(testudo_settings::HostSettings::default().allowed.is_empty());
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HostSettings {
    /// Names such as `api.example.com`, or `*.example.com` for all below `example.com` but not itself. A port is
    /// written only where it matters: `localhost:8000`. `*` allows any, outside production. Empty: any in development
    /// and test, an error in staging and production.
    pub allowed: Vec<String>,
}
