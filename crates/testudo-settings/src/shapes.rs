//! All that can be set: Testudo's own sections, the service's, and those of ready-made shields.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde_json::Value;

use crate::{
    environment::Environment,
    error::SettingsError,
    key::Key,
    layer::ConfigurationFile,
    named::NamedKind,
    sections::Settings,
    shape::{Kind, Node, schema_of, shape_of},
};

/// The section of the service itself.
pub(crate) const APP: &str = "app";

/// The parts of the configuration, before any of it is read.
#[derive(Clone)]
pub(crate) struct Shapes {
    pub(crate) settings: Node,
    pub(crate) app: Node,
    pub(crate) app_schema: Value,
    pub(crate) kinds: Vec<NamedKind>,
}

/// The configuration with a place for every named section that is used.
#[derive(Clone)]
pub(crate) struct Places {
    pub(crate) all: Node,
    /// The kind and the key of every named section.
    pub(crate) named: Vec<(usize, Key)>,
}

impl Places {
    /// Whether this is a named section.
    pub(crate) fn has(&self, section: &Key) -> bool {
        self.named.iter().any(|(_, named)| named == section)
    }
}

impl Shapes {
    pub(crate) fn of<A: JsonSchema>(kinds: &[NamedKind]) -> Self {
        Self {
            settings: shape_of::<Settings>(),
            app: shape_of::<A>(),
            app_schema: schema_of::<A>().to_value(),
            kinds: kinds.to_vec(),
        }
    }

    /// Kinds that would hide a section of ours, or each other.
    pub(crate) fn clashes(&self) -> Vec<SettingsError> {
        let is_ours = |kind: &str| {
            [APP, "environments"].contains(&kind)
                || self.settings.children().is_some_and(|children| children.contains_key(kind))
        };
        let ours = "a kind of named sections cannot have this name: it is a section already";
        let twice = "two types want to be read from the sections of this name; rename one of them";
        let is_twice = |at: usize| self.kinds[..at].iter().any(|before| before.kind == self.kinds[at].kind);
        let clash = |(at, kind): (usize, &NamedKind)| {
            let message = if is_ours(kind.kind) { Some(ours) } else { is_twice(at).then_some(twice) };
            message.map(|message| SettingsError::new(kind.kind, None, message))
        };
        self.kinds.iter().enumerate().filter_map(clash).collect()
    }

    /// A place for everything, in this environment. Variables and flags may name sections, too: `elsewhere` has their
    /// segments.
    pub(crate) fn places(
        &self,
        environment: Option<Environment>,
        file: Option<&ConfigurationFile>,
        elsewhere: &[Vec<String>],
    ) -> Places {
        let mut children: BTreeMap<String, Node> = self.settings.children().cloned().unwrap_or_default();
        children.insert(APP.to_owned(), self.app.clone());
        let mut named = Vec::new();
        for (index, kind) in self.kinds.iter().enumerate() {
            let (table, keys) = kind.table(&kind.names(file, elsewhere));
            children.entry(kind.kind.to_owned()).or_insert(table);
            named.extend(keys.into_iter().map(|key| (index, key)));
        }
        let mut all = Node { doc: self.settings.doc.clone(), ..Node::table(children) };
        for (key, value) in environment.map(Environment::defaults).unwrap_or_default() {
            set_default(&mut all, key.segments(), &value);
        }
        Places { all, named }
    }
}

fn set_default(node: &mut Node, segments: &[String], value: &Value) {
    match (&mut node.kind, segments.split_first()) {
        (Kind::Table(children), Some((first, rest))) => {
            if let Some(child) = children.get_mut(first) {
                set_default(child, rest, value);
            }
        }
        _ => node.default = Some(value.clone()),
    }
}
