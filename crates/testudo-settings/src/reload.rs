//! The same sources, read again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{answer::effective, key::Key, sections::Reloadable, shape::Node, tree::Tree};

/// What the sources say now.
///
/// ```
/// use testudo_settings::{LogLevel, Loader, NoApp};
///
/// let folder = tempfile::tempdir().unwrap();
/// let file = folder.path().join("testudo.toml");
/// std::fs::write(&file, "environment = 'test'\n").unwrap();
/// let loaded = Loader::new().working_dir(folder.path()).load::<NoApp>().unwrap();
///
/// std::fs::write(&file, "environment = 'test'\nlog.level = 'warn'\nserver.port = 9999\n").unwrap();
/// let reload = loaded.reload().unwrap();
/// assert_eq!(reload.reloadable().log.level, LogLevel::Warn);
/// assert_eq!(reload.changed(), ["log.level"]);
/// assert_eq!(reload.restart(), ["server.port"]);
/// assert_eq!(reload.show_json()["settings"]["log"]["level"], "warn");
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reload {
    pub(crate) reloadable: Reloadable,
    pub(crate) changed: Vec<String>,
    pub(crate) restart: Vec<String>,
    pub(crate) shown: Value,
}

impl Reload {
    /// All of it as it was read now, redacted.
    pub fn show_json(&self) -> &Value {
        &self.shown
    }

    /// The settings to take over.
    pub fn reloadable(&self) -> &Reloadable {
        &self.reloadable
    }

    /// The keys among them that have changed.
    pub fn changed(&self) -> &[String] {
        &self.changed
    }

    /// The keys that have changed and need a restart.
    pub fn restart(&self) -> &[String] {
        &self.restart
    }
}

/// The keys that differ: those that a reload takes over, and those that need a restart.
pub(crate) fn changes(before: (&Node, &Tree), after: (&Node, &Tree)) -> (Vec<String>, Vec<String>) {
    let (before, after) = (values(before), values(after));
    let keys: BTreeSet<&Key> = before.keys().chain(after.keys()).collect();
    let changed = keys.into_iter().filter(|key| before.get(key) != after.get(key));
    let is_reloadable = |key: &&Key| {
        key.segments().first().is_some_and(|section| Reloadable::SECTIONS.contains(&section.as_str()))
    };
    let (reloadable, restart): (Vec<&Key>, Vec<&Key>) = changed.partition(is_reloadable);
    let names = |keys: Vec<&Key>| keys.into_iter().map(Key::to_string).collect();
    (names(reloadable), names(restart))
}

fn values((places, tree): (&Node, &Tree)) -> BTreeMap<Key, Value> {
    let all = effective(&Key::root(), places, tree).into_iter();
    all.filter_map(|setting| Some((setting.key, setting.value?))).collect()
}
