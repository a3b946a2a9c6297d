//! When to refuse work that would come too late.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Period;

/// When to refuse work that would come too late: `503` with `Retry-After`, at once. Probes are never refused.
///
/// ```
/// let overload = testudo_settings::OverloadSettings::default();
/// assert_eq!((overload.max_concurrency, overload.max_queue), (1_024, 1_024));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct OverloadSettings {
    /// Requests worked on at a time; more wait.
    #[schemars(range(min = 1))]
    pub max_concurrency: usize,
    /// Requests that wait at a time; more are refused.
    pub max_queue: usize,
    /// How long a request may wait before it is refused.
    pub max_queue_time: Period,
    /// What `Retry-After` says.
    pub retry_after: Period,
}

impl Default for OverloadSettings {
    fn default() -> Self {
        Self {
            max_concurrency: 1_024,
            max_queue: 1_024,
            max_queue_time: Period::from_millis(500),
            retry_after: Period::from_secs(1),
        }
    }
}
