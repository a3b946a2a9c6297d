//! Background checks behind `/readiness`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Period;

/// Background checks behind `/readiness`. The probe itself only reads their last results.
///
/// ```
/// let health = testudo_settings::HealthSettings::default();
/// assert_eq!((health.period.as_secs(), health.failures), (5, 2));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HealthSettings {
    /// Time from the start of one run of a check to the start of the next, as long as it passes.
    pub period: Period,
    /// How long a run may take before it counts as failed.
    pub timeout: Period,
    /// Failures in a row before a check that passed counts as down. After the first, the next run begins sooner: an
    /// outage is believed within two periods, if `timeout` is at most `period`.
    #[schemars(range(min = 1, max = 100))]
    pub failures: u32,
    /// Successes in a row before a check that was down counts as up.
    #[schemars(range(min = 1, max = 100))]
    pub successes: u32,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self { period: Period::from_secs(5), timeout: Period::from_secs(2), failures: 2, successes: 1 }
    }
}
