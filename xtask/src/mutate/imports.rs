//! What a file calls a name that all files of the crate can write.

use std::collections::BTreeMap;

use syn::{Item, UseTree};

/// The names that a file imports from its own crate, each with its whole path.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<String, String>);

impl Imports {
    pub(super) fn of(file: &syn::File) -> Self {
        let mut imports = Self::default();
        for item in &file.items {
            if let Item::Use(item) = item {
                imports.learn(&item.tree, "");
            }
        }
        // What is not from this crate says the same everywhere.
        imports.0.retain(|_, path| path.starts_with("crate::"));
        imports
    }

    fn learn(&mut self, tree: &UseTree, prefix: &str) {
        match tree {
            UseTree::Path(path) => self.learn(&path.tree, &format!("{prefix}{}::", path.ident)),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.learn(tree, prefix)),
            UseTree::Name(name) => {
                self.0.insert(name.ident.to_string(), format!("{prefix}{}", name.ident));
            }
            UseTree::Rename(name) => {
                self.0.insert(name.rename.to_string(), format!("{prefix}{}", name.ident));
            }
            UseTree::Glob(_) => {}
        }
    }

    /// `Role::Admin` as `crate::users::Role::Admin`.
    pub(super) fn absolute(&self, path: &str) -> String {
        let first = path.split("::").next().unwrap_or(path);
        let whole = self.0.get(first).map(|whole| format!("{whole}{}", &path[first.len()..]));
        whole.unwrap_or_else(|| path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_the_crate_gets_its_whole_path() {
        let file =
            syn::parse_file("use crate::{users::{Role, User as Account}, App}; use testudo::Stack;").unwrap();
        let imports = Imports::of(&file);
        let cases = [
            ("Role::Admin", "crate::users::Role::Admin"),
            ("Account", "crate::users::User"),
            ("App", "crate::App"),
            ("Stack", "Stack"),
            ("\"text\"", "\"text\""),
        ];
        for (name, expected) in cases {
            assert_eq!(imports.absolute(name), expected, "{name}");
        }
    }
}
