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
}

impl Workspace {
    /// Asks Cargo.
    pub(crate) fn find() -> Result<Self> {
        let here = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let json = cargo(["metadata", "--no-deps", "--format-version=1", "--manifest-path", here]).read()?;
        serde_json::from_str(&json).context("what `cargo metadata` printed")
    }

    /// `cargo` with these arguments, in the root.
    pub(crate) fn cargo<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Cmd {
        cargo(arguments).dir(&self.root)
    }
}
