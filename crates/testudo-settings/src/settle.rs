//! From the merged tree to types, with every mistake found in one run: what does not fit is recorded, left out, and the
//! rest is read again.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    error::SettingsError,
    fault::{Fault, Step},
    key::Key,
    shape::{Kind, Leaf, Node, expected, shown},
    source::Source,
    tree::Tree,
};

/// What is wrong so far, and with which keys.
#[derive(Default)]
pub(crate) struct Mistakes {
    pub(crate) errors: Vec<SettingsError>,
    /// Keys and sections that hold nothing of use. What else fails because of them is not reported.
    pub(crate) broken: BTreeSet<Key>,
}

impl Mistakes {
    /// Whether a key, or something in it or around it, is broken already.
    pub(crate) fn touch(&self, key: &Key) -> bool {
        self.broken.iter().any(|broken| broken.is_in(key) || key.is_in(broken))
    }
}

/// A section of the tree that becomes a type.
pub(crate) struct Section<'s> {
    pub(crate) root: &'s Key,
    pub(crate) node: &'s Node,
    pub(crate) tree: &'s Tree,
}

impl Section<'_> {
    /// Reads the section, and records all that keeps it from being read. What is returned after a mistake has defaults
    /// in place of what is broken.
    pub(crate) fn settle<T>(
        &self,
        read: impl Fn(Value) -> Result<T, Fault>,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        let mut without = BTreeSet::new();
        loop {
            let fault = match read(self.tree.build(self.root, self.node, &without)) {
                Ok(read) => return Some(read),
                Err(fault) => fault,
            };
            let blamed = self.blame(&fault.path, &without);
            self.record(&blamed, &fault.message, mistakes);
            mistakes.broken.insert(blamed.key.clone());
            // Every round leaves out more, so this ends.
            if blamed.key == *self.root || !without.insert(blamed.key) {
                return None;
            }
        }
    }

    /// The setting a fault lies in; its section, where no setting is to blame.
    fn blame(&self, path: &[Step], without: &BTreeSet<Key>) -> Blamed<'_> {
        let (mut key, mut node, mut steps) = (self.root.clone(), self.node, path.iter());
        for step in steps.by_ref() {
            let Step::Name(name) = step else { break };
            let child = match &node.kind {
                Kind::Table(children) => children.get(name),
                Kind::Map(values) => Some(values.as_ref()),
                Kind::Leaf(_) => None,
            };
            let Some(child) = child else { break };
            let child_key = key.child(name);
            let is_leaf = child.leaf().is_some();
            if is_leaf && (self.tree.get(&child_key).is_none() || without.contains(&child_key)) {
                break;
            }
            (key, node) = (child_key, child);
            if is_leaf {
                break;
            }
        }
        let item = match steps.next() {
            Some(Step::Item(index)) => Some(*index),
            _ => None,
        };
        Blamed { key, leaf: node.leaf(), item }
    }

    fn record(&self, blamed: &Blamed<'_>, reason: &str, mistakes: &mut Mistakes) {
        let Some(leaf) = blamed.leaf else {
            if !mistakes.broken.iter().any(|broken| broken.is_in(&blamed.key)) {
                mistakes.errors.push(self.section_error(&blamed.key, reason));
            }
            return;
        };
        let Some(said) = self.tree.get(&blamed.key) else { return };
        let hidden = leaf.secret || matches!(said.source, Source::SecretFile { .. });
        let message = complaint(leaf, blamed.item, reason, hidden);
        let shown = if hidden { None } else { shown(leaf, &said.value) };
        mistakes.errors.push(SettingsError::at(&blamed.key, &said.source, message).showing(shown));
    }

    /// A rule over several keys of a section is broken. Its reason may quote any of them.
    fn section_error(&self, section: &Key, reason: &str) -> SettingsError {
        let is_secret = |key: &Key| {
            let leaf = crate::shape::find(self.node, &relative(key, self.root)).ok().and_then(Node::leaf);
            let from_file =
                self.tree.layers(key).any(|said| matches!(said.source, Source::SecretFile { .. }));
            from_file || leaf.is_none_or(|leaf| leaf.secret)
        };
        let message = if self.tree.keys_in(section).any(is_secret) {
            "its values are not accepted together; why is not shown, since one of them is secret"
        } else {
            &one_line(reason)
        };
        let first = self.tree.keys_in(section).next().and_then(|key| self.tree.get(key));
        SettingsError::new(section, first.map(|said| said.source.clone()), message)
    }
}

struct Blamed<'b> {
    key: Key,
    leaf: Option<&'b Leaf>,
    item: Option<usize>,
}

fn relative(key: &Key, root: &Key) -> Key {
    Key::new(key.segments()[root.segments().len()..].to_vec())
}

/// What is wrong with a value: what is expected, where that is known, else what its type says.
fn complaint(leaf: &Leaf, item: Option<usize>, reason: &str, hidden: bool) -> String {
    let rule = match item {
        Some(_) => leaf.items.as_deref().unwrap_or(leaf),
        None => leaf,
    };
    let message = if rule.has_known_format() {
        format!("expected {}", expected(rule))
    } else if hidden {
        "the value is not accepted".to_owned()
    } else {
        one_line(reason)
    };
    match item {
        Some(index) => format!("item {}: {message}", index + 1),
        None => message,
    }
}

/// Every mistake is one line.
fn one_line(reason: &str) -> String {
    reason.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Records keys that are needed and set nowhere. A table counts when it is needed, or when something in it is set.
pub(crate) fn missing(section: &Section<'_>, mistakes: &mut Mistakes) {
    missing_in(section.root, section.node, section.tree, mistakes);
}

fn missing_in(key: &Key, node: &Node, tree: &Tree, mistakes: &mut Mistakes) {
    match &node.kind {
        Kind::Leaf(_) => {
            if node.required && tree.get(key).is_none() && !mistakes.touch(key) {
                mistakes.errors.push(SettingsError::new(key, None, how_to_set(key, node)));
                mistakes.broken.insert(key.clone());
            }
        }
        Kind::Table(children) => {
            for (name, child) in children {
                let key = key.child(name);
                if child.leaf().is_some() || child.required || tree.has_section(&key) {
                    missing_in(&key, child, tree, mistakes);
                }
            }
        }
        Kind::Map(values) => {
            for name in tree.names_in(key) {
                missing_in(&key.child(&name), values, tree, mistakes);
            }
        }
    }
}

/// How to set a key that is missing.
fn how_to_set(key: &Key, node: &Node) -> String {
    let variable = key.variable();
    match node.leaf() {
        Some(leaf) if leaf.secret => {
            format!("missing; set {variable}, or {variable}_FILE to a file that holds it")
        }
        Some(leaf) => format!("missing; set it in testudo.toml or with {variable}: {}", expected(leaf)),
        None => format!("missing; set it in testudo.toml or with {variable}"),
    }
}
