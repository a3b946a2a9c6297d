//! A configuration file with every setting in it, switched off.

use std::{collections::BTreeSet, fmt::Write};

use super::toml_value;
use crate::{
    key::{Key, written},
    shape::{Kind, Leaf, Node, expected},
    shapes::{APP, Shapes},
};

const HEADER: &str = "\
# Every setting, with what it means and its default. Removing the `#` in front of a key sets it.
# A section under [environments.production], such as [environments.production.server], holds in production only.
# Variables win over this file: TESTUDO__SERVER__PORT sets `port` in [server], and TESTUDO__ADMIN__TOKEN_FILE names a
# file that holds the secret `token` in [admin].
";

/// The sample file, sorted. `wanted` has the names that are needed of a kind.
pub(crate) fn sample<'w>(shapes: &Shapes, wanted: impl Fn(&str) -> BTreeSet<&'w str>) -> String {
    let mut text = HEADER.to_owned();
    let root = Key::root();
    keys(&root, &shapes.settings, &mut text);
    tables(&root, &shapes.settings, false, &mut text);
    let app_has_settings = shapes.app.children().is_none_or(|children| !children.is_empty());
    if app_has_settings {
        section(&Key::dotted(APP), &shapes.app, false, &mut text);
    }
    for kind in &shapes.kinds {
        let names = wanted(kind.kind);
        if names.is_empty() {
            section(&kind.key("NAME"), &kind.node, true, &mut text);
        }
        for name in names {
            section(&kind.key(name), &kind.node, false, &mut text);
        }
    }
    text
}

fn section(key: &Key, node: &Node, is_off: bool, text: &mut String) {
    // Writing into a String does not fail.
    let off = if is_off { "#" } else { "" };
    let _ = writeln!(text);
    comment(&node.doc, text);
    let _ = writeln!(text, "{off}[{key}]");
    keys(key, node, text);
    tables(key, node, is_off, text);
}

/// The values of a table come before its tables.
fn keys(key: &Key, node: &Node, text: &mut String) {
    for (name, child) in node.children().into_iter().flatten() {
        let Some(leaf) = child.leaf() else { continue };
        let _ = writeln!(text);
        comment(&child.doc, text);
        if child.required {
            let _ = writeln!(text, "# Needed: without it the service does not start.");
        }
        if leaf.secret {
            let _ =
                writeln!(text, "# A secret: rather name its file with {}_FILE.", key.child(name).variable());
        }
        let _ = writeln!(text, "#{} = {}", written(name), value(leaf, child));
    }
}

fn tables(key: &Key, node: &Node, is_off: bool, text: &mut String) {
    match &node.kind {
        Kind::Table(children) => {
            let tables = children.iter().filter(|(_, child)| child.leaf().is_none());
            for (name, child) in tables {
                match &child.kind {
                    Kind::Map(values) => free(&key.child(name), child, values, text),
                    // An optional section is there as soon as its header is.
                    _ => section(&key.child(name), child, is_off || child.nullable, text),
                }
            }
        }
        Kind::Map(values) => free(key, node, values, text),
        Kind::Leaf(_) => {}
    }
}

/// A table whose keys are free.
fn free(key: &Key, node: &Node, values: &Node, text: &mut String) {
    match values.leaf() {
        Some(leaf) => {
            let _ = writeln!(text);
            comment(&node.doc, text);
            let _ = writeln!(text, "#[{key}]\n#NAME = {}", value(leaf, values));
        }
        None => section(&key.child("NAME"), values, true, text),
    }
}

/// The default, or what is expected where there is none.
fn value(leaf: &Leaf, node: &Node) -> String {
    match node.default.as_ref().filter(|_| !leaf.secret) {
        Some(default) => toml_value(default),
        None => format!("<{}>", expected(leaf)),
    }
}

fn comment(doc: &str, text: &mut String) {
    for line in doc.lines() {
        let _ = writeln!(text, "{}", format!("# {line}").trim_end());
    }
}
