//! The whole configuration as it holds, with the place of every value.

use std::{collections::BTreeMap, fmt::Write};

use serde_json::{Map, Value, json};

use super::{Effective, effective, toml_value};
use crate::{
    key::{Key, written},
    shape::Node,
    tree::Tree,
};

/// TOML with the source of every value in a comment behind it.
pub(crate) fn show(places: &Node, tree: &Tree) -> String {
    let all = effective(&Key::root(), places, tree);
    let mut sections: BTreeMap<Key, Vec<&Effective<'_>>> = BTreeMap::new();
    for setting in &all {
        let segments = setting.key.segments();
        let section = Key::new(segments[..segments.len().saturating_sub(1)].to_vec());
        sections.entry(section).or_default().push(setting);
    }
    let mut text = String::new();
    for (section, settings) in sections {
        if !section.segments().is_empty() {
            // Writing into a String does not fail.
            let _ = writeln!(text, "\n[{section}]");
        }
        for setting in settings {
            let name = written(setting.key.last());
            let _ = match setting.shown() {
                Some(value) => writeln!(text, "{name} = {}  # {}", toml_value(&value), setting.source),
                None => writeln!(text, "# {name} is not set"),
            };
        }
    }
    text
}

/// The same for programs: `{"settings": {"server": {..}}, "sources": {"server.port": "testudo.toml:3"}}`.
pub(crate) fn show_json(places: &Node, tree: &Tree) -> Value {
    let mut settings = Value::Object(Map::new());
    let mut sources = Map::new();
    for setting in effective(&Key::root(), places, tree) {
        sources.insert(setting.key.to_string(), Value::String(setting.source.to_string()));
        put(&mut settings, setting.key.segments(), setting.shown().unwrap_or_default());
    }
    json!({ "settings": settings, "sources": sources })
}

fn put(table: &mut Value, segments: &[String], value: Value) {
    let (Some(members), Some((first, rest))) = (table.as_object_mut(), segments.split_first()) else {
        return;
    };
    if rest.is_empty() {
        members.insert(first.clone(), value);
    } else {
        put(members.entry(first.clone()).or_insert_with(|| Value::Object(Map::new())), rest, value);
    }
}
