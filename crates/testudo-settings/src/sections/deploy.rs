//! How many of this service run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many of this service run, and how they are replaced.
///
/// ```
/// assert_eq!(testudo_settings::DeploySettings::default().replicas, 1);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DeploySettings {
    /// Processes that run at a time. More than one need a database that they share, which SQLite is not.
    #[schemars(range(min = 1, max = 10_000))]
    pub replicas: u32,
    /// Processes that may run beyond that while they are replaced.
    pub surge: u32,
}

impl Default for DeploySettings {
    fn default() -> Self {
        Self { replicas: 1, surge: 1 }
    }
}
