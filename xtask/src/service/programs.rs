//! The release builds of what is strained and judged.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::{process::section, workspace::Workspace};

/// Where they are.
#[derive(Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Builds them, in one run so that all share their dependencies.
    pub(crate) fn build(workspace: &Workspace) -> Result<Self> {
        section("building the services");
        let build = ["build", "--release", "--package=catalog", "--package=testudo-exercises", "--bins"];
        ensure!(workspace.cargo(build).run()?, "the services do not build");
        Ok(Self { folder: workspace.target.join("release") })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}
