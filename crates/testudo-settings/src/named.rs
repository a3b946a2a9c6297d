//! Sections that ready-made shields bring along: any number of one kind, each under a name.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    fault::{Fault, read},
    key::{Key, folded, written},
    layer::{ConfigurationFile, Item, Parsed},
    shape::{Kind, Node, expected, find_variable, schema_of, shape_of},
};

/// The settings of one thing among several of a kind, such as the rate limit of one route: `[rate_limit.login]`.
///
/// ```
/// use schemars::JsonSchema;
/// use serde::Deserialize;
/// use testudo_settings::{Loader, NamedSection, NoApp};
///
/// /// How many requests pass.
/// #[derive(Deserialize, JsonSchema)]
/// #[serde(deny_unknown_fields)]
/// struct RateLimit {
///     /// Requests a minute.
///     per_minute: u32,
/// }
///
/// impl NamedSection for RateLimit {
///     const KIND: &'static str = "rate_limit";
/// }
///
/// let variables = [("TESTUDO__ENVIRONMENT", "test"), ("TESTUDO__RATE_LIMIT__LOGIN__PER_MINUTE", "5")];
/// let loader = Loader::new().working_dir("/nowhere").variables(variables).named::<RateLimit>();
/// let loaded = loader.load::<NoApp>().unwrap();
/// assert_eq!(loaded.named::<RateLimit>("login").unwrap().per_minute, 5);
/// assert!(loaded.named::<RateLimit>("search").is_err());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not read from named sections",
    label = "not a `NamedSection`",
    note = "derive `serde::Deserialize` and `schemars::JsonSchema`, and say where it is: \
            `impl NamedSection for {Self} {{ const KIND: &'static str = \"..\"; }}`"
)]
pub trait NamedSection: DeserializeOwned + JsonSchema + Send + Sync + 'static {
    /// The table that holds the sections of this kind.
    const KIND: &'static str;
}

/// A kind of section that the loader knows.
#[derive(Clone)]
pub(crate) struct NamedKind {
    pub(crate) kind: &'static str,
    pub(crate) ty: TypeId,
    pub(crate) node: Node,
    pub(crate) schema: Value,
    /// Whether a value is a section of this kind.
    pub(crate) check: fn(Value) -> Result<(), Fault>,
}

impl NamedKind {
    pub(crate) fn of<T: NamedSection>() -> Self {
        // A place may be there for another environment only.
        let node = Node { required: false, nullable: true, ..shape_of::<T>() };
        let check = |value| read::<T>(value).map(drop);
        Self { kind: T::KIND, ty: TypeId::of::<T>(), node, schema: schema_of::<T>().to_value(), check }
    }

    /// The key of a section, from its name with dots.
    pub(crate) fn key(&self, name: &str) -> Key {
        Key::new(std::iter::once(self.kind).chain(name.split('.')).map(str::to_owned).collect())
    }

    /// How to write a section that is missing.
    pub(crate) fn how_to_write(&self, name: &str) -> String {
        let path: Vec<String> = std::iter::once(self.kind).chain(name.split('.')).map(written).collect();
        let needed = self.node.children().into_iter().flatten().filter(|(_, child)| child.required);
        let keys: Vec<String> = needed.map(|(name, child)| format!("`{name}` ({})", what(child))).collect();
        let keys =
            if keys.is_empty() { String::new() } else { format!(" and, below it, {}", keys.join(", ")) };
        format!("missing; write `[{}]`{keys} in testudo.toml", path.join("."))
    }

    /// The names of the sections of this kind, in the file and in what is set elsewhere.
    pub(crate) fn names(&self, file: Option<&ConfigurationFile>, elsewhere: &[Vec<String>]) -> Names {
        let mut names = Names::default();
        for table in file.into_iter().flat_map(|file| file.tables(self.kind)) {
            if let Parsed::Table(items) = &table.parsed {
                for (name, item) in items {
                    self.visit(vec![name.clone()], item, &mut names);
                }
            }
        }
        for segments in elsewhere {
            if segments.first().is_some_and(|first| folded(first) == folded(self.kind)) {
                names.elsewhere.extend(self.named_by(&segments[1..]));
            }
        }
        names
    }

    /// A table of tables, none of which is a key of the section, is a part of a name: `[hmac.hooks.github]`.
    fn visit(&self, path: Vec<String>, item: &Item, names: &mut Names) {
        let is_key = |name: &String| self.node.children().is_some_and(|keys| keys.contains_key(name));
        let is_table = |item: &Item| matches!(item.parsed, Parsed::Table(_));
        match &item.parsed {
            Parsed::Table(items)
                if !items.is_empty() && items.iter().all(|(name, item)| is_table(item) && !is_key(name)) =>
            {
                for (name, item) in items {
                    self.visit([path.as_slice(), std::slice::from_ref(name)].concat(), item, names);
                }
            }
            _ => {
                names.file.insert(path);
            }
        }
    }

    /// The name in a variable: all before what is a key of the section.
    fn named_by(&self, segments: &[String]) -> Option<Vec<String>> {
        let is_key =
            |rest: &[String]| find_variable(&self.node, rest).is_ok_and(|(_, node)| node.leaf().is_some());
        (1..segments.len()).find(|split| is_key(&segments[*split..])).map(|split| segments[..split].to_vec())
    }

    /// The table of this kind with a place for every name, and the keys of those places.
    pub(crate) fn table(&self, names: &Names) -> (Node, Vec<Key>) {
        let mut table = Node { required: false, doc: self.node.doc.clone(), ..Node::table(BTreeMap::new()) };
        let mut taken: Vec<Vec<String>> = Vec::new();
        let mut keys = Vec::new();
        for name in names.file.iter().chain(&names.elsewhere) {
            let folded: Vec<String> = name.iter().map(|part| folded(part)).collect();
            // A section is not inside another one, and is not there twice in different spellings.
            if taken.iter().any(|other| other.starts_with(&folded) || folded.starts_with(other)) {
                continue;
            }
            insert(&mut table, name, &self.node);
            keys.push(Key::new([&[self.kind.to_owned()], name.as_slice()].concat()));
            taken.push(folded);
        }
        (table, keys)
    }
}

/// Names of sections, in their parts. The file's spelling is the one that counts.
#[derive(Default)]
pub(crate) struct Names {
    file: BTreeSet<Vec<String>>,
    elsewhere: BTreeSet<Vec<String>>,
}

/// Puts a section into a table.
fn insert(table: &mut Node, name: &[String], section: &Node) {
    let (Kind::Table(children), Some((first, rest))) = (&mut table.kind, name.split_first()) else { return };
    if rest.is_empty() {
        children.insert(first.clone(), section.clone());
        return;
    }
    let same = children.keys().find(|child| folded(child) == folded(first)).cloned();
    let between = || Node { required: false, ..Node::table(BTreeMap::new()) };
    insert(children.entry(same.unwrap_or_else(|| first.clone())).or_insert_with(between), rest, section);
}

fn what(node: &Node) -> String {
    node.leaf().map_or_else(|| "a table".to_owned(), expected)
}
