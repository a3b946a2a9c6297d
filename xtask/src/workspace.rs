//! Where the workspace and its build folder are.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::{Cmd, cargo};

/// The workspace this command belongs to.
#[derive(Debug, Deserialize)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    /// The build folder; `CARGO_TARGET_DIR` and Cargo's configuration have their say.
    #[serde(rename = "target_directory")]
    pub(crate) target: PathBuf,
    packages: Vec<Package>,
}

/// A package of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    #[serde(rename = "manifest_path")]
    manifest: PathBuf,
    targets: Vec<Target>,
}

/// What Cargo builds of a package.
#[derive(Debug, Deserialize)]
struct Target {
    kind: Vec<String>,
}

impl Workspace {
    /// Asks Cargo.
    pub(crate) fn find() -> Result<Self> {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let json = cargo(["metadata", "--no-deps", "--format-version=1", "--manifest-path", here]).read()?;
        serde_json::from_str(&json).context("what `cargo metadata` printed")
    }

    /// The packages under `crates/` that others depend on at run time: libraries, and no procedural macros.
    pub(crate) fn libraries(&self) -> impl Iterator<Item = &Package> {
        let crates = self.root.join("crates");
        let is_library = |package: &&Package| {
            package.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "lib"))
        };
        self.packages.iter().filter(move |package| package.manifest.starts_with(&crates)).filter(is_library)
    }

    /// `cargo` with these arguments, in the root.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Cmd {
        cargo(arguments).dir(&self.root)
    }
}
