//! From names to places.

use super::{Kind, Node};
use crate::{
    key::{Key, folded},
    suggest::closest,
};

/// A name that leads nowhere, and the one that was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) near: Option<Key>,
}

impl Unknown {
    /// What a message says, with the name in the form the user wrote.
    pub(crate) fn message(&self, write: impl Fn(&Key) -> String) -> String {
        let near = self.near.as_ref().map(|key| format!("; did you mean {}?", write(key)));
        format!("there is no such setting{}", near.unwrap_or_default())
    }
}

/// The place with this key.
pub(crate) fn find<'n>(root: &'n Node, key: &Key) -> Result<&'n Node, Unknown> {
    walk(root, key.segments(), |name, segment| name == segment).map(|(_, node)| node)
}

/// The place that a variable's segments lead to, and its key as it is really spelt.
pub(crate) fn find_variable<'n>(root: &'n Node, segments: &[String]) -> Result<(Key, &'n Node), Unknown> {
    walk(root, segments, |name, segment| folded(name) == folded(segment))
}

fn walk<'n>(
    root: &'n Node,
    segments: &[String],
    same: impl Fn(&str, &str) -> bool,
) -> Result<(Key, &'n Node), Unknown> {
    let (mut key, mut node) = (Key::root(), root);
    for (index, segment) in segments.iter().enumerate() {
        match &node.kind {
            Kind::Table(children) => {
                let child = children.iter().find(|(name, _)| same(name, segment));
                let Some((name, child)) = child else {
                    return Err(unknown(root, &key, node, segment, &segments[index + 1..]));
                };
                (key, node) = (key.child(name), child);
            }
            Kind::Map(values) => (key, node) = (key.child(segment), values),
            Kind::Leaf(_) => return Err(Unknown { near: Some(key) }),
        }
    }
    Ok((key, node))
}

/// What was probably meant by `segment` in the table at `key`: a neighbour, or the one setting of that name elsewhere.
pub(crate) fn unknown(root: &Node, key: &Key, node: &Node, segment: &str, rest: &[String]) -> Unknown {
    let names = node.children().into_iter().flatten().map(|(name, _)| name.as_str());
    if let Some(near) = closest(segment, names) {
        let section = key.child(near);
        // The rest may be right, misspelt as well, or too much: say as much as is known to exist.
        let near = match find_variable(root, section.join(rest).segments()) {
            Ok((key, _)) => key,
            Err(deeper) => deeper.near.unwrap_or(section),
        };
        return Unknown { near: Some(near) };
    }
    let mut all = Vec::new();
    collect(root, &Key::root(), &mut all);
    // Somebody may have taken one underscore for two.
    let joined = |segments: &[String]| folded(&segments.join("_"));
    let wanted = joined(key.child(segment).join(rest).segments());
    if let Some(near) = all.iter().find(|key| joined(key.segments()) == wanted) {
        return Unknown { near: Some(near.clone()) };
    }
    let name = folded(rest.last().map_or(segment, String::as_str));
    all.retain(|key| folded(key.last()) == name);
    Unknown { near: if all.len() == 1 { all.pop() } else { None } }
}

/// The keys of all values.
fn collect(node: &Node, key: &Key, found: &mut Vec<Key>) {
    for (name, child) in node.children().into_iter().flatten() {
        let key = key.child(name);
        if child.leaf().is_some() {
            found.push(key.clone());
        }
        collect(child, &key, found);
    }
}
