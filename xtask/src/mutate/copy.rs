//! A copy of the workspace to break.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{process::Cmd, workspace::Workspace};

/// The copy, with a build folder of its own.
#[derive(Debug)]
pub(super) struct Copy {
    pub(super) root: PathBuf,
    pub(super) target: PathBuf,
}

impl Copy {
    /// All files that Git knows or does not ignore, with changes that are not committed. Files that are the same as
    /// in the last copy stay untouched, so that the build goes on from there.
    pub(super) fn of(workspace: &Workspace) -> Result<Self> {
        let home = workspace.target.join("mutants");
        let copy = Self { root: home.join("workspace"), target: home.join("target") };
        let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = Cmd::new("git").args(list).dir(&workspace.root).read()?;
        let mut kept = BTreeSet::new();
        for name in listed.split('\0').filter(|name| !name.is_empty()) {
            let from = workspace.root.join(name);
            // A file may be listed although somebody has just deleted it.
            if from.is_file() {
                copy_file(&from, &copy.root.join(name))?;
                kept.insert(copy.root.join(name));
            }
        }
        remove_others(&copy.root, &kept)?;
        Ok(copy)
    }
}

fn copy_file(from: &Path, to: &Path) -> Result<()> {
    let content = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let folder = to.parent().context("a file in no folder")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot create {}", folder.display()))?;
    fs::write(to, content).with_context(|| format!("cannot write {}", to.display()))
}

fn remove_others(folder: &Path, kept: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, kept)?;
        } else if !kept.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
