//! `cargo xtask judge NAME`: what others say of a running service, held against a bar.

mod headers;

use anyhow::Result;

use crate::workspace::Workspace;

/// Lets others judge a running service.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    judge: Judge,
    /// Fails below the bar.
    #[arg(long, global = true)]
    check: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Judge {
    /// Header fields, by MDN's HTTP Observatory, over HTTPS: the presets `api` and `html`.
    #[command(after_help = "Example: cargo xtask judge headers --check")]
    Headers,
}

impl Options {
    /// Header fields, with their bar.
    pub(crate) fn headers() -> Self {
        Self { judge: Judge::Headers, check: true }
    }
}

/// Says whether the bar is reached, where that was asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let good = match options.judge {
        Judge::Headers => headers::run(workspace),
    }?;
    Ok(good || !options.check)
}
