//! `cargo xtask exercise NAME`: a running service under strain, with figures.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | The exercises, one file each | `restarts.rs`, `slow_headers.rs`, `floods/`, `frozen_database/`, `start.rs` |
//! | Load that does not wait for answers | `load.rs` |
//! | The proxies as processes | `proxy.rs` |
//! | The service as a process, and a client of it | `service/` |
//! | Figures and their bounds | `figures.rs` |

mod figures;
mod floods;
mod frozen_database;
mod load;
mod proxy;
mod restarts;
mod slow_headers;
mod start;

use anyhow::Result;

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
    /// Takes less than a minute: the same with less of everything.
    #[arg(long, global = true)]
    reduced: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Exercise {
    /// Restarts behind a proxy that does not retry, under load: no request may fail.
    Restarts(restarts::Options),
    /// Clients that send a byte a second, and what others notice of them.
    SlowHeaders,
    /// Endless headers, huge contents, idle connections, reset streams: memory stays bounded.
    Floods,
    /// A Postgres that freezes, stops, is used up, and is replaced by its standby.
    FrozenDatabase,
    /// From the start of the process to the first answer, and the memory of a service that idles.
    Start,
}

/// Says whether every figure is within its bounds, where that was asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let programs = Programs::build(workspace)?;
    let good = match &options.exercise {
        Exercise::Restarts(own) => restarts::run(&programs, own, options.reduced),
        Exercise::SlowHeaders => slow_headers::run(&programs, options.reduced),
        Exercise::Floods => floods::run(&programs, options.reduced),
        Exercise::FrozenDatabase => frozen_database::run(&programs, options.reduced),
        Exercise::Start => start::run(&programs, options.reduced),
    }?;
    Ok(good || !options.check)
}
