//! What can be set, read once from the schema of the types: the tables, the kinds of their values, and their bounds.

mod check;
mod coerce;
mod expected;
mod find;
mod parse;

use std::collections::BTreeMap;

pub(crate) use check::{check, shown};
pub(crate) use coerce::coerce;
pub(crate) use expected::expected;
pub(crate) use find::{Unknown, find, find_variable, unknown};
pub(crate) use parse::parse;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::Value;

/// A place in the configuration.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Its documentation, without examples.
    pub(crate) doc: String,
    /// What holds when nobody sets it.
    pub(crate) default: Option<Value>,
    /// Whether its table cannot do without it.
    pub(crate) required: bool,
    /// Whether it may be left out for good: an `Option`.
    pub(crate) nullable: bool,
    pub(crate) kind: Kind,
}

/// What stands at a place.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// A table with these keys.
    Table(BTreeMap<String, Node>),
    /// A table whose keys are free.
    Map(Box<Node>),
    /// A value, set as a whole.
    Leaf(Leaf),
}

/// The rules for a value.
#[derive(Debug, Clone, Default)]
pub(crate) struct Leaf {
    /// The types it may have, as JSON Schema calls them; none: any.
    pub(crate) types: Vec<String>,
    pub(crate) format: Option<String>,
    pub(crate) min: Option<f64>,
    pub(crate) max: Option<f64>,
    pub(crate) min_length: Option<u64>,
    pub(crate) max_length: Option<u64>,
    pub(crate) min_items: Option<u64>,
    pub(crate) max_items: Option<u64>,
    /// The values it may have; none: any.
    pub(crate) choices: Vec<Value>,
    pub(crate) items: Option<Box<Leaf>>,
    /// It may hold a secret, and is never printed.
    pub(crate) secret: bool,
}

impl Leaf {
    pub(crate) fn allows(&self, name: &str) -> bool {
        self.types.is_empty() || self.types.iter().any(|kind| kind == name)
    }

    /// Whether its format is one that messages can explain.
    pub(crate) fn has_known_format(&self) -> bool {
        self.format.as_deref().and_then(expected::by_format).is_some()
    }

    /// Where a store is, which knows how to print itself without its password.
    pub(crate) fn is_connection_url(&self) -> bool {
        self.format.as_deref() == Some("connection-url")
    }
}

impl Node {
    /// A table that is always there.
    pub(crate) fn table(children: BTreeMap<String, Self>) -> Self {
        Self {
            doc: String::new(),
            default: None,
            required: true,
            nullable: false,
            kind: Kind::Table(children),
        }
    }

    pub(crate) fn leaf(&self) -> Option<&Leaf> {
        if let Kind::Leaf(leaf) = &self.kind { Some(leaf) } else { None }
    }

    pub(crate) fn children(&self) -> Option<&BTreeMap<String, Self>> {
        if let Kind::Table(children) = &self.kind { Some(children) } else { None }
    }

    /// The first sentence of its documentation.
    pub(crate) fn summary(&self) -> String {
        let flat = self.doc.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        match flat.split_once(". ") {
            Some((first, _)) => format!("{first}."),
            None => flat,
        }
    }
}

/// The schema of a type (JSON Schema 2020-12), with everything it refers to in its place.
pub(crate) fn schema_of<T: JsonSchema>() -> Schema {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.into_generator().into_root_schema_for::<T>()
}

/// What can be set in a type.
pub(crate) fn shape_of<T: JsonSchema>() -> Node {
    parse(schema_of::<T>().as_value(), true)
}
