//! What holds for every setting, set or not.

use serde_json::Value;

use crate::{
    key::Key,
    shape::{Kind, Leaf, Node},
    source::Source,
    tree::Tree,
    value::{ConnectionUrl, REDACTED},
};

/// What holds for a setting. The value may be a secret: show it by [`redacted`] only.
pub(crate) struct Effective<'e> {
    pub(crate) key: Key,
    pub(crate) leaf: &'e Leaf,
    pub(crate) node: &'e Node,
    pub(crate) value: Option<Value>,
    pub(crate) source: Source,
}

impl Effective<'_> {
    /// The value as it may be shown; nothing when there is none.
    pub(crate) fn shown(&self) -> Option<Value> {
        self.value.as_ref().map(|value| redacted(self.leaf, value, &self.source))
    }
}

/// A value as it may be shown.
pub(crate) fn redacted(leaf: &Leaf, value: &Value, source: &Source) -> Value {
    let is_secret = leaf.secret || matches!(source, Source::SecretFile { .. });
    match value.as_str().map(str::parse::<ConnectionUrl>) {
        _ if !is_secret => value.clone(),
        // A list of none hides nothing.
        _ if value.as_array().is_some_and(Vec::is_empty) => value.clone(),
        // Its scheme, host and path are no secret.
        Some(Ok(url)) if leaf.is_connection_url() => Value::String(url.to_string()),
        _ => Value::String(REDACTED.to_owned()),
    }
}

/// What holds for every setting in a section, sorted by key. Optional sections that nobody has set are left out.
pub(crate) fn effective<'e>(key: &Key, node: &'e Node, tree: &Tree) -> Vec<Effective<'e>> {
    let mut all = Vec::new();
    collect(key, node, None, tree, &mut all);
    all
}

fn collect<'e>(
    key: &Key,
    node: &'e Node,
    inherited: Option<&Value>,
    tree: &Tree,
    all: &mut Vec<Effective<'e>>,
) {
    let is_absent = || !tree.has_section(key);
    match &node.kind {
        Kind::Leaf(leaf) => {
            let default = inherited.or(node.default.as_ref()).cloned();
            let (value, source) = match tree.get(key) {
                Some(said) => (Some(said.value.clone()), said.source.clone()),
                None => (default, Source::Default),
            };
            all.push(Effective { key: key.clone(), leaf, node, value, source });
        }
        Kind::Table(_) if node.nullable && is_absent() && node.default.is_none() => {}
        Kind::Table(children) => {
            // The default of a whole section holds as long as nothing in it is set.
            let whole = inherited.or(node.default.as_ref()).filter(|_| is_absent());
            for (name, child) in children {
                let inherited = whole.and_then(|whole| whole.get(name)).filter(|value| !value.is_null());
                collect(&key.child(name), child, inherited, tree, all);
            }
        }
        Kind::Map(values) => {
            for name in tree.names_in(key) {
                collect(&key.child(&name), values, None, tree, all);
            }
        }
    }
}

/// What holds for one setting, in TOML, as it may be shown.
pub(crate) fn shown_safely(key: &Key, node: &Node, tree: &Tree) -> Option<String> {
    let all = effective(key, node, tree);
    all.first().and_then(Effective::shown).map(|value| super::toml_value(&value))
}
