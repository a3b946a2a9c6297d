//! `cargo xtask exercise NAME`: a running service under strain, with figures.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | The exercises, one file each | `restarts.rs`, `slow_headers.rs`, `floods/`, `frozen_database/`, `start.rs` |
//! | Load that does not wait for answers | `load.rs`, over `client.rs` |
//! | The service and the proxies as processes | `server.rs`, `proxy.rs` |
//! | Figures and their bounds | `figures.rs` |

mod client;
mod figures;
mod floods;
mod frozen_database;
mod load;
mod proxy;
mod restarts;
mod server;
mod slow_headers;
mod start;

use std::path::PathBuf;

use anyhow::{Result, ensure};

use crate::{process::section, workspace::Workspace};

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

/// The release builds that are exercised.
#[derive(Debug)]
struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Builds them, in one run so that all share their dependencies.
    fn build(workspace: &Workspace) -> Result<Self> {
        section("building the services");
        let build = ["build", "--release", "--package=catalog", "--package=testudo-exercises", "--bins"];
        ensure!(workspace.cargo(build).run()?, "the services do not build");
        Ok(Self { folder: workspace.target.join("release") })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
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
