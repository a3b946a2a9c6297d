//! `cargo xtask bench`: measurements against peers, side by side in one run.

mod budgets;
mod callgrind;
pub(crate) mod compile;
mod http;
mod instructions;
mod programs;
pub(crate) mod shields;
pub(crate) mod stack;

use anyhow::Result;

use crate::workspace::Workspace;

/// Measures against peers, side by side in one run.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// How long the compiler takes for many routes and shields, against plain axum.
    #[command(after_help = "Example: cargo xtask bench compile --check")]
    Compile(compile::Options),
    /// What a shield costs per request, against the same check written by hand.
    #[command(after_help = "Example: cargo xtask bench shields --instructions --check")]
    Shields(shields::Options),
    /// What the whole production stack costs per request, against bare axum and the same stack of tower layers.
    #[command(after_help = "Example: cargo xtask bench stack --rounds 10")]
    Stack(stack::Options),
}

/// Says whether what was measured is within its budget, where one was asked for.
pub(crate) fn run(workspace: &Workspace, command: &Command) -> Result<bool> {
    match command {
        Command::Compile(options) => compile::run(workspace, options),
        Command::Shields(options) => shields::run(workspace, options),
        Command::Stack(options) => stack::run(workspace, options),
    }
}
