//! What all layers say, merged: every key with all that was said of it, the last word winning.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{
    key::Key,
    layer::Layer,
    shape::{Kind, Node},
    source::Source,
};

/// What one layer says of a key.
#[derive(Clone)]
pub(crate) struct Said {
    pub(crate) value: Value,
    pub(crate) source: Source,
}

/// What all layers say. It holds secrets, so it cannot be printed.
#[derive(Clone, Default)]
pub(crate) struct Tree {
    said: BTreeMap<Key, Vec<Said>>,
    present: BTreeSet<Key>,
}

impl Tree {
    /// Takes what a layer says over all that was said before.
    pub(crate) fn overlay(&mut self, layer: &Layer) {
        for entry in &layer.entries {
            self.say(entry.key.clone(), entry.value.clone(), entry.source.clone());
        }
        self.present.extend(layer.present.iter().map(|(key, _)| key.clone()));
    }

    pub(crate) fn say(&mut self, key: Key, value: Value, source: Source) {
        self.said.entry(key).or_default().push(Said { value, source });
    }

    /// What holds.
    pub(crate) fn get(&self, key: &Key) -> Option<&Said> {
        self.said.get(key)?.last()
    }

    /// All that was said, the strongest first.
    pub(crate) fn layers(&self, key: &Key) -> impl Iterator<Item = &Said> {
        self.said.get(key).into_iter().flatten().rev()
    }

    /// The keys in a section that are set.
    pub(crate) fn keys_in<'t>(&'t self, section: &'t Key) -> impl Iterator<Item = &'t Key> {
        self.said.keys().filter(move |key| key.is_in(section))
    }

    /// Whether anything is said of a section.
    pub(crate) fn has_section(&self, section: &Key) -> bool {
        self.keys_in(section).next().is_some() || self.present.iter().any(|key| key.is_in(section))
    }

    /// The names that are used in a table whose keys are free.
    pub(crate) fn names_in(&self, map: &Key) -> BTreeSet<String> {
        let depth = map.segments().len();
        let inside = self.said.keys().chain(&self.present).filter(|key| key.is_in(map));
        inside.filter_map(|key| key.segments().get(depth).cloned()).collect()
    }

    /// The section as one value, less the keys in `without`.
    pub(crate) fn build(&self, root: &Key, node: &Node, without: &BTreeSet<Key>) -> Value {
        self.part(root, node, without).unwrap_or_else(|| Value::Object(Map::new()))
    }

    fn part(&self, key: &Key, node: &Node, without: &BTreeSet<Key>) -> Option<Value> {
        if without.contains(key) {
            return None;
        }
        let mut members = Map::new();
        match &node.kind {
            Kind::Leaf(_) => return self.get(key).map(|said| said.value.clone()),
            Kind::Table(children) => {
                for (name, child) in children {
                    members.extend(
                        self.part(&key.child(name), child, without).map(|value| (name.clone(), value)),
                    );
                }
            }
            Kind::Map(values) => {
                for name in self.names_in(key) {
                    let value = self.part(&key.child(&name), values, without);
                    members.extend(value.map(|value| (name, value)));
                }
            }
        }
        // A table that is needed, and can do without keys, need not be written.
        let is_there = node.required || !members.is_empty() || self.has_section(key);
        is_there.then_some(Value::Object(members))
    }
}
