//! `cargo xtask exercise NAME`: a running service under strain, with figures.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | The exercises, one file each | `restarts.rs`, `slow_headers.rs`, `floods/`, `frozen_database/`, `start.rs` |
//! | Load that does not wait for answers, and connections in bursts | `load.rs`, `rush.rs` |
//! | The proxies as processes | `proxy.rs` |
//! | The service as a process, and a client of it | `service/` |
//! | Figures and their bounds, and what a reduced run does without | `figures.rs`, `extent.rs` |

mod extent;
mod figures;
mod floods;
mod frozen_database;
mod load;
mod proxy;
pub(crate) mod restarts;
mod rush;
mod slow_headers;
mod start;

use anyhow::Result;

use self::extent::Extent;
use crate::{
    service::{Programs, client, server},
    workspace::Workspace,
};

/// Strains a running service, and says with figures what holds.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    exercise: Exercise,
    /// Fails when a figure is out of its bounds.
    #[arg(long, global = true)]
    check: bool,
    /// Takes about a minute: the same with less of everything, and time is bounded for a machine that others use, too.
    #[arg(long, global = true)]
    reduced: bool,
}

/// The exercises there are.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Exercise {
    /// Restarts behind a proxy that does not retry, under load: no request may fail.
    #[command(
        after_help = "Example: cargo xtask exercise restarts --restarts 20 --proxy nginx --port handed-over"
    )]
    Restarts(restarts::Options),
    /// Clients that send a byte a second, and what others notice of them.
    #[command(after_help = "Example: cargo xtask exercise slow-headers --check")]
    SlowHeaders,
    /// Endless headers, huge contents, idle connections, reset streams: memory stays bounded.
    #[command(after_help = "Example: cargo xtask exercise floods --reduced")]
    Floods,
    /// A Postgres that freezes, stops, is used up, and is replaced by its standby.
    #[command(after_help = "Example: cargo xtask exercise frozen-database --reduced --check")]
    FrozenDatabase,
    /// From the start of the process to the first answer, and the memory of a service that idles.
    #[command(after_help = "Example: cargo xtask exercise start")]
    Start,
}

impl Options {
    /// The reduced form, which fails outside the bounds.
    pub(crate) fn reduced(exercise: Exercise) -> Self {
        Self { exercise, check: true, reduced: true }
    }
}

/// Says whether every figure is within its bounds, where that was asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let programs = Programs::build(workspace)?;
    let extent = if options.reduced { Extent::Reduced } else { Extent::Full };
    let good = match &options.exercise {
        Exercise::Restarts(own) => restarts::run(&programs, own, extent),
        Exercise::SlowHeaders => slow_headers::run(&programs, extent),
        Exercise::Floods => floods::run(&programs, extent),
        Exercise::FrozenDatabase => frozen_database::run(&programs, extent),
        Exercise::Start => start::run(&programs, extent),
    }?;
    Ok(good || !options.check)
}
