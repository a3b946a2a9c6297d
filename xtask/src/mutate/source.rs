//! A routes file: its text, and edits by position.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use syn::spanned::Spanned;

/// Bytes of a file.
pub(super) type Place = Range<usize>;

/// A routes file.
#[derive(Debug)]
pub(super) struct Source {
    /// Relative to the root of the workspace.
    pub(super) path: PathBuf,
    pub(super) text: String,
}

impl Source {
    pub(super) fn read(root: &Path, path: PathBuf) -> Result<Self> {
        let full = root.join(&path);
        let text = fs::read_to_string(&full).with_context(|| format!("cannot read {}", full.display()))?;
        Ok(Self { path, text })
    }

    /// The text at a place, on one line.
    pub(super) fn at(&self, place: &Place) -> String {
        self.text[place.clone()].split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text of the whole file with these places replaced.
    pub(super) fn with(&self, edits: &[(Place, String)]) -> String {
        let mut edits: Vec<_> = edits.iter().collect();
        edits.sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
        let mut text = self.text.clone();
        for (place, replacement) in edits {
            text.replace_range(place.clone(), replacement);
        }
        text
    }

    /// The line a place begins on, counted from 1.
    pub(super) fn line(&self, place: &Place) -> usize {
        self.text[..place.start].matches('\n').count() + 1
    }
}

/// Where a piece of syntax is.
pub(super) fn place(node: &impl Spanned) -> Place {
    node.span().byte_range()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_replaced_from_the_end_so_that_none_moves() {
        let source = Source { path: PathBuf::new(), text: "ä.get(b)".to_owned() };
        assert_eq!(source.with(&[(0..2, "open".to_owned()), (7..8, "c".to_owned())]), "open.get(c)");
    }

    #[test]
    fn a_place_counts_bytes_also_behind_other_letters() {
        let text = "fn f() { \"ä\"; user.get(list) }";
        let file = syn::parse_file(text).unwrap();
        let syn::Item::Fn(function) = &file.items[0] else { panic!("a function") };
        let syn::Stmt::Expr(call, _) = &function.block.stmts[1] else { panic!("a call") };
        assert_eq!(&text[place(call)], "user.get(list)");
    }
}
