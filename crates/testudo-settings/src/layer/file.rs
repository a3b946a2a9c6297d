//! The configuration file: parsed with the line of every key, and read against what can be set.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::Value;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Layer, reader::Reader, toml_to_json};
use crate::{
    environment::Environment,
    error::SettingsError,
    key::{Key, written},
    shape::Node,
    source::Source,
    suggest::closest,
};

/// The table in which environments have sections of their own.
const ENVIRONMENTS: &str = "environments";

/// A key's line and what stands behind it.
pub(crate) struct Item {
    pub(crate) line: usize,
    pub(crate) parsed: Parsed,
}

/// What stands behind a key.
pub(crate) enum Parsed {
    Table(BTreeMap<String, Item>),
    Value(Result<Value, String>),
}

/// A parsed configuration file.
pub(crate) struct ConfigurationFile {
    shown: PathBuf,
    base: BTreeMap<String, Item>,
    overlays: BTreeMap<String, Item>,
    pub(crate) errors: Vec<SettingsError>,
    /// Whether it is TOML at all. Of a file that is not, no value is taken.
    pub(crate) is_sound: bool,
}

impl ConfigurationFile {
    /// Parses the text of a file.
    pub(crate) fn parse(shown: &Path, text: &str) -> Self {
        let (root, mistakes) = DeTable::parse_recoverable(text);
        let source = |line: usize| Source::File { path: shown.to_owned(), line };
        let mut errors: Vec<SettingsError> = Vec::new();
        // Of several mistakes in a line, the later ones follow from the first.
        for mistake in &mistakes {
            let line = mistake.span().map_or(1, |span| line_of(text, span.start));
            let source = source(line);
            if errors.iter().all(|error| error.source() != Some(&source)) {
                errors.push(SettingsError::new("", Some(source), mistake.message()));
            }
        }
        let is_sound = mistakes.is_empty();
        let mut base = if is_sound { items(text, root.get_ref()) } else { BTreeMap::new() };
        let mut overlays = BTreeMap::new();
        match base.remove(ENVIRONMENTS) {
            Some(Item { parsed: Parsed::Table(tables), .. }) => overlays = tables,
            Some(Item { line, .. }) => errors.push(SettingsError::new(
                ENVIRONMENTS,
                Some(source(line)),
                "expected a table: write `[environments.production.server]` and its keys below it",
            )),
            None => {}
        }
        Self { shown: shown.to_owned(), base, overlays, errors, is_sound }
    }

    /// The tables of a kind, outside and inside the sections of environments.
    pub(crate) fn tables<'f>(&'f self, kind: &str) -> Vec<&'f Item> {
        let overlays = self.overlays.values().filter_map(move |item| match &item.parsed {
            Parsed::Table(sections) => sections.get(kind),
            Parsed::Value(_) => None,
        });
        self.base.get(kind).into_iter().chain(overlays).collect()
    }

    /// What it says everywhere.
    pub(crate) fn base(&self, shape: &Node) -> Layer {
        let mut layer = Layer::default();
        let reader = Reader { shown: &self.shown, shape };
        reader.table(&Key::root(), shape, &self.base, &mut layer);
        layer
    }

    /// What it says of environments, each apart.
    pub(crate) fn overlays(&self, shape: &Node) -> BTreeMap<&'static str, Layer> {
        let mut layers = BTreeMap::new();
        for environment in Environment::ALL {
            let mut layer = Layer::default();
            if let Some(item) = self.overlays.get(environment.as_str()) {
                self.overlay(environment, item, shape, &mut layer);
            }
            layers.insert(environment.as_str(), layer);
        }
        layers
    }

    fn overlay(&self, environment: Environment, item: &Item, shape: &Node, layer: &mut Layer) {
        let reader = Reader { shown: &self.shown, shape };
        let Parsed::Table(sections) = &item.parsed else {
            let message = format!("expected a table: write `[environments.{environment}.server]`");
            let key = Key::new(vec![ENVIRONMENTS.to_owned(), environment.to_string()]);
            layer.errors.push(SettingsError::at(&key, &reader.source(item.line), message));
            return;
        };
        for (name, item) in sections {
            if name == "environment" {
                let message = "which environment it is cannot depend on the environment; set it at the top";
                let key = format!("{ENVIRONMENTS}.{environment}.environment");
                layer.errors.push(SettingsError::new(key, Some(reader.source(item.line)), message));
            } else {
                reader.child(&Key::root(), shape, name, item, layer);
            }
        }
    }

    /// Names under `environments` that are none.
    pub(crate) fn unknown_environments(&self) -> Vec<SettingsError> {
        let known = Environment::ALL.map(Environment::as_str);
        let unknown = self.overlays.iter().filter(|(name, _)| !known.contains(&name.as_str()));
        let error = |(name, item): (&String, &Item)| {
            let near = closest(name, known).map(|near| format!("; did you mean {ENVIRONMENTS}.{near}?"));
            let message = format!("there is no such environment{}", near.unwrap_or_default());
            let source = Source::File { path: self.shown.clone(), line: item.line };
            SettingsError::new(format!("{ENVIRONMENTS}.{}", written(name)), Some(source), message)
        };
        unknown.map(error).collect()
    }
}

fn items(text: &str, table: &DeTable<'_>) -> BTreeMap<String, Item> {
    let item = |(key, value): (&Spanned<Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        let parsed = match value.get_ref() {
            DeValue::Table(table) => Parsed::Table(items(text, table)),
            other => Parsed::Value(toml_to_json(other)),
        };
        (key.get_ref().to_string(), Item { line: line_of(text, key.span().start), parsed })
    };
    table.iter().map(item).collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
