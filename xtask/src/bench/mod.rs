//! `cargo xtask bench`: measurements against peers, side by side in one run.

pub(crate) mod compile;
mod instructions;
pub(crate) mod shields;

use anyhow::Result;

use crate::workspace::Workspace;

/// Measures against peers, side by side in one run.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// How long the compiler takes for many routes and shields, against plain axum.
    Compile(compile::Options),
    /// What a shield costs per request, against the same check written by hand.
    Shields(shields::Options),
}

/// Says whether what was measured is within its budget, where one was asked for.
pub(crate) fn run(workspace: &Workspace, command: &Command) -> Result<bool> {
    match command {
        Command::Compile(options) => compile::run(workspace, options),
        Command::Shields(options) => shields::run(workspace, options),
    }
}
