//! `cargo xtask ci "doc examples"`: every public item shows how it is used.
//!
//! 1. An example is a code block that is run and asserts.
//! 2. A public type, trait, function, macro or constant has an example of its own.
//! 3. A public method has one of its own, or is used by one on its page: that of its type or trait, or of another
//!    method there.
//! 4. What is `#[doc(hidden)]`, and a method that takes what nobody outside can name, is no reader's concern.

mod code;
mod index;
mod judge;

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::{
    table,
    workspace::{Package, Workspace},
};
use judge::Judged;

/// Names every public item without an example, and says whether there is none.
pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    let mut rows = Vec::new();
    let mut complete = true;
    for package in workspace.libraries() {
        let Judged { items, without } = judge_package(workspace, package)?;
        for item in &without {
            eprintln!("{item} has no example that asserts");
        }
        complete &= without.is_empty();
        rows.push(vec![package.name.clone(), items.to_string(), without.len().to_string()]);
    }
    ensure!(!rows.is_empty(), "the workspace has no library under crates/");
    table::print(&["crate", ">public items", ">without an example"], &rows);
    Ok(complete)
}

fn judge_package(workspace: &Workspace, package: &Package) -> Result<Judged> {
    // Build scripts ask for `RUSTC_BOOTSTRAP`: in a folder of its own nothing else is built anew for it.
    let target = workspace.target.join("doc-examples");
    let target_argument = target.to_string_lossy();
    let rustdoc = workspace.cargo(["rustdoc", "--quiet", "--lib", "--all-features", "-p", &package.name]);
    let rustdoc = rustdoc.args(["--target-dir", &*target_argument]);
    let rustdoc = rustdoc.args(["--", "-Z", "unstable-options", "--output-format", "json"]);
    // The format is not stable yet, so the stable toolchain has to be told that it may write it.
    ensure!(rustdoc.env("RUSTC_BOOTSTRAP", "1").run()?, "{} cannot be documented", package.name);
    let file = target.join("doc").join(package.name.replace('-', "_")).with_extension("json");
    judge::judge(&read(&file)?).with_context(|| format!("what rustdoc wrote to {}", file.display()))
}

fn read(file: &Path) -> Result<serde_json::Value> {
    let json = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    serde_json::from_slice(&json).with_context(|| format!("parsing {}", file.display()))
}
