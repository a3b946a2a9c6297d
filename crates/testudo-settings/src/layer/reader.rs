//! Parsed tables, read against what can be set.

use std::{collections::BTreeMap, path::Path};

use serde_json::Value;

use super::{Item, Layer, Parsed};
use crate::{
    error::SettingsError,
    key::Key,
    shape::{Kind, Leaf, Node, unknown},
    source::Source,
};

/// Reads the tables of one file.
pub(super) struct Reader<'r> {
    pub(super) shown: &'r Path,
    pub(super) shape: &'r Node,
}

impl Reader<'_> {
    pub(super) fn source(&self, line: usize) -> Source {
        Source::File { path: self.shown.to_owned(), line }
    }

    pub(super) fn table(&self, key: &Key, node: &Node, items: &BTreeMap<String, Item>, layer: &mut Layer) {
        for (name, item) in items {
            self.child(key, node, name, item, layer);
        }
    }

    pub(super) fn child(&self, key: &Key, node: &Node, name: &str, item: &Item, layer: &mut Layer) {
        let child = match &node.kind {
            Kind::Table(children) => children.get(name),
            Kind::Map(values) => Some(values.as_ref()),
            Kind::Leaf(_) => None,
        };
        let child_key = key.child(name);
        if let Some(child) = child {
            self.item(&child_key, child, item, layer);
        } else {
            // Its value is not shown: it may be a secret under a misspelt name.
            let message = unknown(self.shape, key, node, name, &[]).message(Key::to_string);
            layer.errors.push(SettingsError::at(&child_key, &self.source(item.line), message));
        }
    }

    fn item(&self, key: &Key, node: &Node, item: &Item, layer: &mut Layer) {
        let source = self.source(item.line);
        match (&node.kind, &item.parsed) {
            (Kind::Leaf(leaf), parsed) => take(key, leaf, parsed, source, layer),
            (_, Parsed::Table(items)) if items.is_empty() => layer.present.push((key.clone(), source)),
            (_, Parsed::Table(items)) => self.table(key, node, items, layer),
            (_, Parsed::Value(_)) => {
                let message = format!("expected a table: write `[{key}]` and its keys below it");
                layer.refuse(key.clone(), source, message, None);
            }
        }
    }
}

fn take(key: &Key, leaf: &Leaf, parsed: &Parsed, source: Source, layer: &mut Layer) {
    match json(parsed) {
        Ok(value) => layer.take(key.clone(), leaf, value, source),
        Err(message) => layer.refuse(key.clone(), source, message, None),
    }
}

/// What stands behind a key, as one value.
fn json(parsed: &Parsed) -> Result<Value, String> {
    match parsed {
        Parsed::Value(value) => value.clone(),
        Parsed::Table(items) => {
            let members = items.iter().map(|(name, item)| Ok((name.clone(), json(&item.parsed)?)));
            Ok(Value::Object(members.collect::<Result<_, String>>()?))
        }
    }
}
