//! Where state is kept that several processes share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::ConnectionUrl;

/// Where state is kept that several processes share.
///
/// ```
/// assert!(testudo_settings::RedisSettings::default().url.is_none());
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct RedisSettings {
    /// `redis://HOST`, or `rediss://HOST` with TLS. Limits are counted there, for all processes together.
    pub url: Option<ConnectionUrl>,
}
