//! The layers of a configuration: where each reads its values, before any of them wins.

mod dotenv;
mod file;
mod flags;
mod locate;
mod near_miss;
mod reader;
mod toml_value;
mod variables;

pub(crate) use dotenv::DotEnv;
pub(crate) use file::{ConfigurationFile, Item, Parsed};
pub(crate) use flags::flags;
pub(crate) use locate::{Located, locate};
pub(crate) use near_miss::{NearMiss, is_near, near_misses, strangers};
pub(crate) use toml_value::toml_to_json;
pub(crate) use variables::{Setter, Variables, ambiguous, key_of_variable, process};

use crate::{
    error::SettingsError,
    key::Key,
    shape::{Leaf, check, shown},
    source::Source,
};

/// A value that one layer says.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) key: Key,
    pub(crate) value: serde_json::Value,
    pub(crate) source: Source,
}

/// What a layer says, and what is wrong in it.
#[derive(Default)]
pub(crate) struct Layer {
    pub(crate) entries: Vec<Entry>,
    /// Tables that are there and empty. That may be all they say: of an optional one, that it is wanted.
    pub(crate) present: Vec<(Key, Source)>,
    pub(crate) errors: Vec<SettingsError>,
    /// Keys whose values were refused: they are set, though to nothing of use.
    pub(crate) refused: Vec<Key>,
}

impl Layer {
    /// Takes a value that keeps the rules of its place; refuses any other.
    pub(crate) fn take(&mut self, key: Key, leaf: &Leaf, value: serde_json::Value, source: Source) {
        match check(leaf, &value) {
            Ok(()) => self.entries.push(Entry { key, value, source }),
            Err(message) => {
                // What stands in a secret file is secret, whatever it was meant for.
                let hidden = matches!(source, Source::SecretFile { .. });
                let shown = if hidden { None } else { shown(leaf, &value) };
                self.refuse(key, source, message, shown);
            }
        }
    }

    pub(crate) fn refuse(&mut self, key: Key, source: Source, message: String, shown: Option<String>) {
        self.errors.push(SettingsError::new(&key, Some(source), message).showing(shown));
        self.refused.push(key);
    }
}
