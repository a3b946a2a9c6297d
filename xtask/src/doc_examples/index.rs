//! What rustdoc says of a crate, item by item.

use std::fmt;

use anyhow::{Context, Result};
use serde_json::Value;

/// Everything rustdoc knows of a crate, by identity. What is hidden is not there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Index<'a>(pub(super) &'a Value);

impl<'a> Index<'a> {
    /// The entry, if this crate has it.
    pub(super) fn get(self, id: &Value) -> Option<Entry<'a>> {
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let value = self.0.get(id)?;
        let (kind, inner) = value["inner"].as_object()?.iter().next()?;
        (value["crate_id"] == 0).then_some(Entry { value, kind, inner })
    }

    /// The entries in the list `key` of another one that this crate has.
    ///
    /// # Errors
    /// If there is no such list: the format has changed.
    pub(super) fn list(self, of: Entry<'a>, key: &str) -> Result<Vec<Entry<'a>>> {
        let ids = of.inner[key]
            .as_array()
            .with_context(|| format!("the {} {:?} has no {key}", of.kind, of.name()))?;
        Ok(ids.iter().filter_map(|id| self.get(id)).collect())
    }
}

/// One item of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) value: &'a Value,
    pub(super) kind: &'a str,
    pub(super) inner: &'a Value,
}

impl<'a> Entry<'a> {
    pub(super) fn id(self) -> String {
        self.value["id"].to_string()
    }

    pub(super) fn name(self) -> &'a str {
        self.value["name"].as_str().unwrap_or_default()
    }

    pub(super) fn docs(self) -> &'a str {
        self.value["docs"].as_str().unwrap_or_default()
    }

    pub(super) fn item(self, name: &str) -> Item {
        let span = &self.value["span"];
        Item {
            file: span["filename"].as_str().unwrap_or_default().to_owned(),
            line: span["begin"][0].as_u64().unwrap_or_default(),
            kind: self.kind.replace('_', " "),
            name: name.to_owned(),
        }
    }

    /// The types of a function's arguments that are written as a path.
    pub(super) fn argument_types(self) -> impl Iterator<Item = &'a Value> {
        let inputs = self.inner["sig"]["inputs"].as_array().into_iter().flatten();
        inputs.filter_map(|input| input[1]["resolved_path"].get("id"))
    }
}

/// A public item and its place.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Item {
    file: String,
    line: u64,
    kind: String,
    name: String,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, kind, name } = self;
        write!(f, "{file}:{line}: {kind} {name}")
    }
}
