//! Which public items have no example, from what rustdoc says of a crate.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use serde_json::Value;

use super::{
    code::{Example, Owner, examples},
    index::{Entry, Index, Item},
};

/// What became of a crate.
#[derive(Debug, PartialEq)]
pub(super) struct Judged {
    /// How many public items it has.
    pub(super) items: usize,
    /// Those without an example, in the order of their places.
    pub(super) without: Vec<Item>,
}

/// Judges a crate by its rustdoc JSON.
///
/// # Errors
/// If the JSON has another form than the one known here.
pub(super) fn judge(json: &Value) -> Result<Judged> {
    let mut walk = Walk { index: Index(&json["index"]), seen: BTreeSet::new(), found: Vec::new() };
    walk.module(walk.index.get(&json["root"]).context("it has no root")?)?;
    let mut judged = Judged { items: 0, without: Vec::new() };
    for &entry in &walk.found {
        let own = examples(entry.docs());
        judged.count(entry.item(entry.name()), !own.is_empty());
        walk.judge_methods(entry, own, &mut judged)?;
    }
    judged.without.sort();
    Ok(judged)
}

impl Judged {
    fn count(&mut self, item: Item, has_example: bool) {
        self.items += 1;
        if !has_example {
            self.without.push(item);
        }
    }
}

/// The items that can be named from outside.
#[derive(Debug)]
struct Walk<'a> {
    index: Index<'a>,
    seen: BTreeSet<String>,
    found: Vec<Entry<'a>>,
}

impl<'a> Walk<'a> {
    fn module(&mut self, module: Entry<'a>) -> Result<()> {
        self.index.list(module, "items")?.into_iter().try_for_each(|entry| self.visit(entry))
    }

    fn visit(&mut self, entry: Entry<'a>) -> Result<()> {
        if entry.value["visibility"] != "public" || !self.seen.insert(entry.id()) {
            return Ok(());
        }
        match entry.kind {
            "module" => self.module(entry),
            // What is another crate's is judged there.
            "use" => self.index.get(&entry.inner["id"]).map_or(Ok(()), |target| self.visit(target)),
            _ => {
                self.found.push(entry);
                Ok(())
            }
        }
    }

    /// Judges the methods on the page of a type or trait, whose own examples are `own`.
    fn judge_methods(&self, page: Entry<'a>, own: Vec<Example>, judged: &mut Judged) -> Result<()> {
        let owner = if page.kind == "trait" { Owner::Trait } else { Owner::Type(page.name()) };
        let methods = self.methods(page)?;
        let beside = methods.iter().flat_map(|method| examples(method.docs()));
        let on_page: Vec<Example> = own.into_iter().chain(beside).collect();
        for method in methods.iter().filter(|method| self.can_be_called(**method)) {
            let used = || on_page.iter().any(|example| example.uses(method.name(), owner));
            let name = format!("{}::{}", page.name(), method.name());
            judged.count(method.item(&name), !examples(method.docs()).is_empty() || used());
        }
        Ok(())
    }

    /// The methods of a trait, or those of a type's own.
    fn methods(&self, page: Entry<'a>) -> Result<Vec<Entry<'a>>> {
        let mut items = Vec::new();
        match page.kind {
            "trait" => items = self.index.list(page, "items")?,
            "struct" | "enum" | "union" => {
                let blocks = self.index.list(page, "impls")?;
                for block in blocks.into_iter().filter(|block| block.inner["trait"].is_null()) {
                    items.extend(self.index.list(block, "items")?);
                }
                items.retain(|item| item.value["visibility"] == "public");
            }
            _ => {}
        }
        items.retain(|item| item.kind == "function");
        Ok(items)
    }

    /// Whether somebody outside can have every argument.
    fn can_be_called(&self, method: Entry<'_>) -> bool {
        let mut own_types = method.argument_types().filter_map(|id| self.index.get(id));
        own_types.all(|ty| self.seen.contains(&ty.id()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const EXAMPLE: &str = "```\nassert!(true);\n```";

    /// An index entry of this crate.
    fn entry(id: u32, name: &str, docs: &str, inner: &Value) -> (String, Value) {
        let span = json!({ "filename": "src/lib.rs", "begin": [id, 1] });
        let visibility = if name.starts_with("private") { "crate" } else { "public" };
        let value = json!({
            "id": id, "crate_id": 0, "name": name, "docs": docs, "span": span, "visibility": visibility, "inner": inner,
        });
        (id.to_string(), value)
    }

    fn function(argument: &Value) -> Value {
        json!({ "function": { "sig": { "inputs": [["argument", argument]] } } })
    }

    /// A crate whose root names `items`, of these entries.
    fn crate_of<const N: usize>(items: &[u32], entries: [(String, Value); N]) -> Value {
        let root = entry(0, "root", "", &json!({ "module": { "items": items } }));
        let index: serde_json::Map<_, _> = entries.into_iter().chain([root]).collect();
        json!({ "root": 0, "index": index })
    }

    fn without(json: &Value) -> Vec<String> {
        judge(json).unwrap().without.iter().map(Item::to_string).collect()
    }

    #[test]
    fn what_can_be_named_from_outside_has_an_example_of_its_own() {
        let plain = || function(&json!({ "primitive": "u8" }));
        let reexport = |id: u32| json!({ "use": { "id": id } });
        let module = |id: u32| json!({ "module": { "items": [id] } });
        let cases = [
            ("shown", crate_of(&[1], [entry(1, "f", EXAMPLE, &plain())]), vec![]),
            ("bare", crate_of(&[1], [entry(1, "f", "text", &plain())]), vec!["src/lib.rs:1: function f"]),
            ("private", crate_of(&[1], [entry(1, "private_f", "", &plain())]), vec![]),
            ("not exported", crate_of(&[], [entry(1, "f", "", &plain())]), vec![]),
            (
                "exported from a private module, twice",
                crate_of(
                    &[1, 2],
                    [
                        entry(1, "f", "", &reexport(3)),
                        entry(2, "f", "", &reexport(3)),
                        entry(3, "f", "", &plain()),
                    ],
                ),
                vec!["src/lib.rs:3: function f"],
            ),
            (
                "in a public module",
                crate_of(&[1], [entry(1, "m", "", &module(2)), entry(2, "f", "", &plain())]),
                vec!["src/lib.rs:2: function f"],
            ),
            ("another crate's", crate_of(&[1], [entry(1, "f", "", &reexport(9))]), vec![]),
        ];
        for (name, json, expected) in cases {
            assert_eq!(without(&json), expected, "{name}");
        }
    }

    #[test]
    fn a_method_has_an_example_on_its_page() {
        let shown = |code: &str| format!("```\nassert!({code});\n```");
        // A type with two methods, and a third of an implemented trait.
        let page = |docs: &str, first: &str, argument: Value| {
            crate_of(
                &[1],
                [
                    entry(1, "Stack", docs, &json!({ "struct": { "impls": [2, 3] } })),
                    entry(2, "", "", &json!({ "impl": { "trait": null, "items": [4, 5] } })),
                    entry(3, "", "", &json!({ "impl": { "trait": {}, "items": [6] } })),
                    entry(4, "first", first, &function(&json!({ "generic": "Self" }))),
                    entry(5, "second", "", &function(&argument)),
                    entry(6, "third", "", &function(&json!({ "generic": "Self" }))),
                    entry(7, "Sealed", "", &json!({ "struct": { "impls": [] } })),
                ],
            )
        };
        let itself = || json!({ "generic": "Self" });
        let first = "src/lib.rs:4: function Stack::first";
        let second = "src/lib.rs:5: function Stack::second";
        let cases = [
            ("none", page(EXAMPLE, "", itself()), vec![first, second]),
            ("one of its own", page(EXAMPLE, EXAMPLE, itself()), vec![second]),
            ("the type's", page(&shown("stack.first() && stack.second()"), "", itself()), vec![]),
            ("another method's", page(EXAMPLE, &shown("stack.second()"), itself()), vec![]),
            ("sealed", page(EXAMPLE, EXAMPLE, json!({ "resolved_path": { "id": 7 } })), vec![]),
        ];
        for (name, json, expected) in cases {
            assert_eq!(without(&json), expected, "{name}");
        }
    }

    #[test]
    fn a_method_of_a_trait_is_shown_by_an_implementation() {
        let page = |docs: &str| {
            crate_of(
                &[1],
                [
                    entry(1, "Shield", docs, &json!({ "trait": { "items": [2] } })),
                    entry(2, "info", "", &function(&json!({ "generic": "Self" }))),
                ],
            )
        };
        assert_eq!(without(&page(EXAMPLE)), ["src/lib.rs:2: function Shield::info"]);
        assert!(without(&page("```\nassert!(true);\nfn info() {}\n```")).is_empty());
    }

    #[test]
    fn json_of_another_form_is_an_error() {
        let (id, root) = entry(0, "root", "", &json!({ "module": { "children": [] } }));
        let cases = [
            json!({}),
            json!({ "root": 0, "index": {} }),
            json!({ "root": 0, "index": { id: root } }),
            crate_of(&[1], [entry(1, "Stack", "", &json!({ "struct": { "implementations": [] } }))]),
        ];
        for json in cases {
            assert!(judge(&json).is_err(), "{json}");
        }
    }
}
