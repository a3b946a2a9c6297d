//! How two environments differ.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use super::{Effective, effective, toml_value};
use crate::{environment::Environment, invariant::is_danger, key::Key, shape::Node, tree::Tree};

/// The settings in which two environments differ, by what the configuration file says. Secrets are redacted: that they
/// differ is all that is shown. In front of keys that start with `danger_` stands a `!`.
///
/// ```
/// use testudo_settings::{Environment, Loader, NoApp};
///
/// let differences = Loader::new()
///     .working_dir("/nowhere")
///     .diff::<NoApp>(Environment::Development, Environment::Production)
///     .unwrap();
/// assert_eq!(
///     differences.to_string(),
///     "  shutdown.drain_delay\n      development: \"0s\"  # default\n      production: \"5s\"  # default\n"
/// );
/// assert_eq!(differences.to_json()[0]["key"], "shutdown.drain_delay");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Differences(Vec<Difference>);

#[derive(Debug, Clone, PartialEq)]
struct Difference {
    key: Key,
    sides: [Side; 2],
}

#[derive(Debug, Clone, PartialEq)]
struct Side {
    environment: Environment,
    shown: Option<Value>,
    source: String,
}

impl Differences {
    /// Whether there is none.
    ///
    /// ```
    /// # use testudo_settings::{Environment, Loader, NoApp};
    /// # let loader = Loader::new().working_dir("/nowhere");
    /// assert!(loader.diff::<NoApp>(Environment::Test, Environment::Test).unwrap().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A list of `{"key", "danger", ENVIRONMENT: {"value", "source"}, ..}`.
    pub fn to_json(&self) -> Value {
        let difference = |difference: &Difference| {
            let mut json = json!({ "key": difference.key.to_string(), "danger": is_danger(&difference.key) });
            for side in &difference.sides {
                json[side.environment.as_str()] = json!({ "value": side.shown, "source": side.source });
            }
            json
        };
        self.0.iter().map(difference).collect()
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for difference in &self.0 {
            let mark = if is_danger(&difference.key) { '!' } else { ' ' };
            writeln!(f, "{mark} {}", difference.key)?;
            for side in &difference.sides {
                let shown = side.shown.as_ref().map_or_else(|| "not set".to_owned(), toml_value);
                writeln!(f, "      {}: {shown}  # {}", side.environment, side.source)?;
            }
        }
        Ok(())
    }
}

/// What an environment's configuration says.
pub(crate) struct SideOf<'s> {
    pub(crate) environment: Environment,
    pub(crate) places: &'s Node,
    pub(crate) tree: &'s Tree,
}

/// The keys whose values differ, but for the environment itself.
pub(crate) fn diff(one: &SideOf<'_>, other: &SideOf<'_>) -> Differences {
    let (ones, others) = (one.settings(), other.settings());
    let keys: std::collections::BTreeSet<&Key> = ones.keys().chain(others.keys()).collect();
    let value = |settings: &BTreeMap<Key, Effective<'_>>, key: &Key| {
        settings.get(key).and_then(|setting| setting.value.clone())
    };
    let differs = |key: &&Key| key.last() != "environment" && value(&ones, key) != value(&others, key);
    let difference = |key: &Key| Difference {
        key: key.clone(),
        sides: [one.side(ones.get(key)), other.side(others.get(key))],
    };
    Differences(keys.into_iter().filter(differs).map(difference).collect())
}

impl SideOf<'_> {
    fn settings(&self) -> BTreeMap<Key, Effective<'_>> {
        let all = effective(&Key::root(), self.places, self.tree);
        all.into_iter().map(|setting| (setting.key.clone(), setting)).collect()
    }

    fn side(&self, setting: Option<&Effective<'_>>) -> Side {
        Side {
            environment: self.environment,
            shown: setting.and_then(Effective::shown),
            source: setting.map_or_else(|| "default".to_owned(), |setting| setting.source.to_string()),
        }
    }
}
