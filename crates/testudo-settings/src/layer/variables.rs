//! Environment variables, and the secret files that they name.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
};

use super::{Entry, Layer};
use crate::{
    disk,
    error::SettingsError,
    key::{Key, PREFIX},
    shape::{Kind, Leaf, Node, Unknown, coerce, find, find_variable},
    source::Source,
    tree::Tree,
};

/// What a variable's name ends in when its value is in a file.
const FILE: &str = "_FILE";

/// A name with a value, from the process or from a line of `.env`.
#[derive(Clone)]
pub(crate) struct Setter {
    pub(crate) name: String,
    pub(crate) value: OsString,
    pub(crate) source: Source,
}

/// The variables of the process that are ours.
pub(crate) fn process(variables: &[(OsString, OsString)]) -> Vec<Setter> {
    let ours = |(name, value): &(OsString, OsString)| {
        let name = name.to_string_lossy().into_owned();
        let source = Source::Variable(name.clone());
        name.starts_with(PREFIX).then(|| Setter { name, value: value.clone(), source })
    };
    variables.iter().filter_map(ours).collect()
}

/// Reads variables against what can be set.
pub(crate) struct Variables<'v> {
    pub(crate) shape: &'v Node,
    /// Where relative paths of secret files start.
    pub(crate) working_dir: &'v Path,
    /// Keys that a stronger layer of variables sets: their secret files are not opened.
    pub(crate) taken: &'v BTreeSet<Key>,
}

/// What a name means.
struct Meaning<'n> {
    key: Key,
    leaf: &'n Leaf,
    is_file: bool,
}

impl Variables<'_> {
    /// What the variables say.
    pub(crate) fn read(&self, setters: &[Setter]) -> Layer {
        let mut layer = Layer::default();
        let mut by_key: BTreeMap<Key, Vec<(&Setter, Meaning<'_>)>> = BTreeMap::new();
        for setter in setters {
            match self.meaning(&setter.name) {
                // Its file need not exist where a stronger variable says the value.
                Ok(meaning) if meaning.is_file && self.taken.contains(&meaning.key) => {}
                Ok(meaning) => by_key.entry(meaning.key.clone()).or_default().push((setter, meaning)),
                Err(message) => {
                    let error = SettingsError::new(&setter.name, Some(setter.source.clone()), message);
                    layer.errors.push(error);
                }
            }
        }
        for (key, mut setters) in by_key {
            setters.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
            match setters.as_slice() {
                [(setter, meaning)] => self.one(setter, meaning, &mut layer),
                [(first, _), (second, _), ..] => {
                    let message = format!("{} is set as well; keep one of them", second.name);
                    layer.refuse(key, first.source.clone(), message, None);
                }
                [] => {}
            }
        }
        layer
    }

    /// The keys that the names mean, whatever their values.
    pub(crate) fn keys(&self, setters: &[Setter]) -> BTreeSet<Key> {
        setters
            .iter()
            .filter_map(|setter| self.meaning(&setter.name).ok())
            .map(|meaning| meaning.key)
            .collect()
    }

    fn meaning(&self, name: &str) -> Result<Meaning<'_>, String> {
        let Place { key, node, is_file } = place(self.shape, name)?;
        match node.leaf() {
            Some(leaf) => Ok(Meaning { key, leaf, is_file }),
            None => Err(format!("this is a section; set one of its keys, such as {}", example(&key, node))),
        }
    }

    fn one(&self, setter: &Setter, meaning: &Meaning<'_>, layer: &mut Layer) {
        let (key, leaf) = (meaning.key.clone(), meaning.leaf);
        if meaning.is_file {
            let path = PathBuf::from(&setter.value);
            let source = Source::SecretFile { variable: setter.name.clone(), path: path.clone() };
            match secret(&self.working_dir.join(path)) {
                Ok(text) => layer.take(key, leaf, coerce(leaf, &text), source),
                Err(message) => layer.refuse(key, source, message, None),
            }
            return;
        }
        match text(&setter.value) {
            Ok(text) => layer.take(key, leaf, coerce(leaf, text), setter.source.clone()),
            Err(message) => layer.refuse(key, setter.source.clone(), message, None),
        }
    }
}

/// Where a name leads.
struct Place<'n> {
    key: Key,
    node: &'n Node,
    is_file: bool,
}

/// The key, or the section, whose variable this is.
pub(crate) fn key_of_variable(shape: &Node, name: &str) -> Result<Key, String> {
    place(shape, name).map(|place| place.key)
}

/// The full name is tried first: a setting of the service may itself end in `_file`. Where names are free, all of them
/// exist, and the ending always means a file: its path must never become the value of a secret.
fn place<'n>(shape: &'n Node, name: &str) -> Result<Place<'n>, String> {
    let whole = find_variable(shape, &segments(name));
    let stem = stem(name);
    let whole = match whole {
        Ok((key, node)) if stem.is_none() || !is_free(shape, &key) => {
            return Ok(Place { key, node, is_file: false });
        }
        Ok(_) => Unknown { near: None },
        Err(unknown) => unknown,
    };
    let Some(stem) = stem else { return Err(whole.message(Key::variable)) };
    match find_variable(shape, &segments(stem)) {
        Ok((key, node)) => Ok(Place { key, node, is_file: true }),
        Err(_) if whole.near.is_some() => Err(whole.message(Key::variable)),
        Err(unknown) => Err(unknown.message(|key| format!("{}{FILE}", key.variable()))),
    }
}

/// Whether any name may stand in place of this key's last one.
fn is_free(shape: &Node, key: &Key) -> bool {
    find(shape, &key.parent()).is_ok_and(|node| matches!(node.kind, Kind::Map(_)))
}

/// Secret files whose variable may as well mean a key that is set: one of the two has to go.
pub(crate) fn ambiguous(layer: &Layer, tree: &Tree) -> Vec<SettingsError> {
    let other = |key: &Key| key.parent().child(&format!("{}{}", key.last(), FILE.to_lowercase()));
    let error = |entry: &Entry| {
        let Source::SecretFile { variable, .. } = &entry.source else { return None };
        let (key, other) = (&entry.key, other(&entry.key));
        let source = &tree.get(&other)?.source;
        let message = format!(
            "may mean the file of {key}, or {other}, which is set as well ({source}); write the value of {key} where \
             {other} is, or rename one of them"
        );
        Some(SettingsError::new(key, Some(Source::Variable(variable.clone())), message))
    };
    layer.entries.iter().filter_map(error).collect()
}

/// The name of the variable whose value is in a file.
pub(super) fn stem(name: &str) -> Option<&str> {
    let (stem, ending) = name.split_at_checked(name.len().checked_sub(FILE.len())?)?;
    ending.eq_ignore_ascii_case(FILE).then_some(stem)
}

/// The segments of a variable's name behind the prefix.
pub(crate) fn segments(name: &str) -> Vec<String> {
    let rest = name.get(PREFIX.len()..).unwrap_or_default();
    rest.split("__").map(str::to_lowercase).collect()
}

impl Setter {
    /// The segments that the name may mean: all of it, and without the ending of a secret file.
    pub(crate) fn candidates(&self) -> Vec<Vec<String>> {
        std::iter::once(segments(&self.name)).chain(stem(&self.name).map(segments)).collect()
    }
}

fn text(value: &OsStr) -> Result<&str, String> {
    value.to_str().ok_or_else(|| "the value is not UTF-8".to_owned())
}

/// The content of a secret file, without the newline that editors end files with.
fn secret(path: &Path) -> Result<String, String> {
    let text = disk::read(path, disk::MAX_SECRET)?;
    let text = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
    if text.is_empty() { Err("the file is empty".to_owned()) } else { Ok(text.to_owned()) }
}

/// The variable of the first key in a section.
fn example(key: &Key, node: &Node) -> String {
    match node.children().and_then(|children| children.iter().next()) {
        Some((name, child)) => example(&key.child(name), child),
        None if node.leaf().is_some() => key.variable(),
        None => key.child("KEY").variable(),
    }
}
