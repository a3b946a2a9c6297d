//! The examples whose routes are weakened, and the edits that are known to make nothing weaker.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

/// An example and its routes files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Example {
    /// The package's name.
    pub(super) package: &'static str,
    /// Files, and folders whose Rust files all count, below the root of the workspace.
    routes: &'static [&'static str],
    /// Values that a shield could be asked to check although no routes file says so, by where they can stand.
    pub(super) alternatives: &'static [(&'static str, &'static str)],
}

/// All of them.
pub(super) const EXAMPLES: &[Example] = &[
    Example {
        package: "catalog",
        routes: &["examples/catalog/src/routes.rs", "examples/catalog/src/routes"],
        alternatives: &[("any_of(0)[]", "crate::users::Role::Guest")],
    },
    Example {
        package: "saas",
        routes: &["examples/saas/src/routes.rs", "examples/saas/src/routes"],
        alternatives: &[],
    },
    Example {
        package: "webhooks",
        routes: &["examples/webhooks/src/routes.rs", "examples/webhooks/src/routes"],
        alternatives: &[],
    },
];

/// An edit that admits nobody who was not admitted before, although its form cannot tell.
#[derive(Debug)]
pub(super) struct Stricter {
    pub(super) package: &'static str,
    /// The edit, in the words of the report.
    pub(super) edit: &'static str,
    /// Why nobody gains anything.
    pub(super) why: &'static str,
}

/// Reported as `stricter` instead of being judged.
pub(super) const STRICTER: &[Stricter] = &[Stricter {
    package: "catalog",
    edit: "sign_in_limit is optional",
    why: "it blocks who tries too often and never for a missing credential, which is all that optional forgives",
}];

impl Example {
    /// The routes files that exist, relative to the root.
    pub(super) fn files(&self, root: &Path) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for place in self.routes {
            let path = root.join(place);
            if path.is_file() {
                files.push(PathBuf::from(place));
            } else if path.is_dir() {
                for entry in fs::read_dir(&path).with_context(|| format!("cannot list {}", path.display()))? {
                    let name = entry?.file_name();
                    if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
                        files.push(Path::new(place).join(name));
                    }
                }
            }
        }
        files.sort();
        anyhow::ensure!(
            !files.is_empty(),
            "{} has no routes file at {}",
            self.package,
            self.routes.join(" or ")
        );
        Ok(files)
    }
}

/// The examples' names for a message.
pub(super) fn names() -> String {
    EXAMPLES.iter().map(|example| example.package).collect::<Vec<_>>().join(", ")
}
