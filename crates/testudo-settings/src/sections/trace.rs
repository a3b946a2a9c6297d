//! Traces for other systems to collect.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Traces for other systems to collect. Ids are taken over from `traceparent` (W3C Trace Context) and logged in any
/// case; they are exported when an endpoint is set and the service was built with the feature `otlp`.
///
/// ```
/// assert!(testudo_settings::TraceSettings::default().otlp_endpoint.is_none());
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct TraceSettings {
    /// Where spans are sent: an OTLP/HTTP endpoint, such as `http://localhost:4318`.
    pub otlp_endpoint: Option<String>,
    /// The share of requests whose spans are sent, unless the caller has decided. From 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub sample_ratio: f64,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self { otlp_endpoint: None, sample_ratio: 1.0 }
    }
}
