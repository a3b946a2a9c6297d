//! Everything about one setting.

use std::fmt::Write;

use super::{Effective, effective, redacted, toml_value};
use crate::{
    error::SettingsError,
    key::{Key, PREFIX},
    layer::key_of_variable,
    sections::Reloadable,
    shape::{Kind, Node, expected, find},
    tree::Tree,
};

/// The key that somebody asks for, who may write its variable.
pub(crate) fn asked(text: &str, places: &Node) -> Result<Key, SettingsError> {
    if !text.starts_with(PREFIX) {
        return Ok(Key::dotted(text));
    }
    key_of_variable(places, text).map_err(|message| SettingsError::new(text, None, message))
}

/// What holds for a key, who said so, over whom, and what it means; for a section, each of its keys in a line.
pub(crate) fn explain(key: &Key, places: &Node, tree: &Tree) -> Result<String, SettingsError> {
    let node = find(places, key)
        .map_err(|unknown| SettingsError::new(key, None, unknown.message(Key::to_string)))?;
    let all = effective(key, node, tree);
    Ok(match (&node.kind, all.as_slice()) {
        (Kind::Leaf(_), [setting]) => explain_setting(setting, places, tree),
        _ => explain_section(key, node, &all),
    })
}

fn explain_setting(setting: &Effective<'_>, places: &Node, tree: &Tree) -> String {
    let key = &setting.key;
    let show = |value| toml_value(&redacted(setting.leaf, value, &setting.source));
    let mut text = match setting.shown() {
        Some(value) => format!("{key} = {}\n", toml_value(&value)),
        None => format!("{key} is not set\n"),
    };
    let mut line = |name: &str, value: &str| {
        // Writing into a String does not fail.
        let _ = writeln!(text, "  {name:<10}{value}");
    };
    line("from", &setting.source.to_string());
    for said in tree.layers(key).skip(1) {
        let value = toml_value(&redacted(setting.leaf, &said.value, &said.source));
        line("over", &format!("{} = {value}", said.source));
    }
    line("expected", &expected(setting.leaf));
    line("default", &setting.node.default.as_ref().map_or_else(|| "none".to_owned(), show));
    line("variable", &variables(key, places, setting.leaf.secret));
    line("change", when_it_counts(key));
    if !setting.node.doc.is_empty() {
        let _ = write!(text, "\n{}\n", setting.node.doc);
    }
    text
}

/// Its variables, where they mean this key and no other; that of a secret file first.
fn variables(key: &Key, places: &Node, is_secret: bool) -> String {
    let variable = key.variable();
    let mut names = vec![variable.clone()];
    if is_secret {
        names.insert(0, format!("{variable}_FILE"));
    }
    names.retain(|name| key_of_variable(places, name).as_ref() == Ok(key));
    match names.as_slice() {
        [] => "none: set it in testudo.toml".to_owned(),
        [only] => only.clone(),
        [first, others @ ..] => format!("{first} (or {})", others.join(", ")),
    }
}

/// When a change takes effect.
fn when_it_counts(key: &Key) -> &'static str {
    let section = key.segments().first().map_or("", String::as_str);
    if Reloadable::SECTIONS.contains(&section) { "taken over on reload" } else { "needs a restart" }
}

fn explain_section(key: &Key, node: &Node, all: &[Effective<'_>]) -> String {
    let mut text = format!("[{key}]\n");
    if !node.doc.is_empty() {
        let _ = writeln!(text, "{}", node.doc);
    }
    for setting in all {
        let value = match setting.shown() {
            Some(value) => format!("= {}", toml_value(&value)),
            None => "is not set".to_owned(),
        };
        let _ =
            write!(text, "\n{} {value}  # {}\n  {}\n", setting.key, setting.source, setting.node.summary());
    }
    text
}
