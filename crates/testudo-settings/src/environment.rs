//! Where a service runs.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{key::Key, suggest::did_you_mean};

/// Where a service runs. There is no default: what development allows (seeded users, fixed tokens) must never be
/// reached by forgetting a variable.
///
/// ```
/// use testudo_settings::Environment;
///
/// assert_eq!("staging".parse(), Ok(Environment::Staging));
/// let typo = "prodution".parse::<Environment>().unwrap_err();
/// assert!(typo.to_string().contains("did you mean `production`?"));
/// assert_eq!(Environment::Staging.as_str(), "staging");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Somebody's own machine.
    Development,
    /// Automated tests.
    Test,
    /// Like production, without its users.
    Staging,
    /// The real thing.
    Production,
}

impl Environment {
    /// All environments.
    pub const ALL: [Self; 4] = [Self::Development, Self::Test, Self::Staging, Self::Production];

    /// The word that `TESTUDO__ENVIRONMENT` says.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// Whether strangers depend on it: staging and production.
    pub(crate) fn is_exposed(self) -> bool {
        matches!(self, Self::Staging | Self::Production)
    }

    /// Defaults that differ here from those of the types. Nobody's proxies need to be told before a developer's service
    /// stops.
    pub(crate) fn defaults(self) -> Vec<(Key, serde_json::Value)> {
        if self.is_exposed() { Vec::new() } else { vec![(Key::dotted("shutdown.drain_delay"), "0s".into())] }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = UnknownEnvironment;

    fn from_str(word: &str) -> Result<Self, UnknownEnvironment> {
        let found = Self::ALL.into_iter().find(|environment| environment.as_str() == word);
        found.ok_or_else(|| UnknownEnvironment(word.to_owned()))
    }
}

/// A word that names no environment.
///
/// ```
/// use testudo_settings::{Environment, UnknownEnvironment};
///
/// let unknown: UnknownEnvironment = "live".parse::<Environment>().unwrap_err();
/// assert!(unknown.to_string().contains("`production`"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownEnvironment(String);

impl fmt::Display for UnknownEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suggestion = did_you_mean(&self.0, Environment::ALL.map(Environment::as_str));
        write!(f, "use `development`, `test`, `staging` or `production`{suggestion}")
    }
}

impl std::error::Error for UnknownEnvironment {}
