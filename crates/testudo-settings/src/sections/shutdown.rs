//! How the service stops.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Period;

/// How the service stops: `/readiness` says `503` at once, the listeners go on for the drain delay, and what is in
/// flight gets the budget. `drain_delay + budget + 2s` has to fit into the grace period.
///
/// ```
/// let shutdown = testudo_settings::ShutdownSettings::default();
/// assert_eq!((shutdown.drain_delay.as_secs(), shutdown.budget.as_secs()), (5, 20));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ShutdownSettings {
    /// How long new connections are still accepted, so that proxies learn of the stop before anything is refused.
    /// Defaults to `5s` in staging and production, and to `0s` in development and test.
    pub drain_delay: Period,
    /// How long requests in flight, upgraded connections included, may take to finish.
    pub budget: Period,
    /// After how long the platform kills the process (`terminationGracePeriodSeconds` in Kubernetes).
    pub grace_period: Period,
}

impl Default for ShutdownSettings {
    fn default() -> Self {
        Self {
            drain_delay: Period::from_secs(5),
            budget: Period::from_secs(20),
            grace_period: Period::from_secs(30),
        }
    }
}
