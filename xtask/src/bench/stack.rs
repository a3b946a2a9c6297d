//! `cargo xtask bench stack`: what the whole production stack costs per request, against bare axum and against the
//! same stack of tower layers.

use std::path::Path;

use anyhow::{Result, ensure};

use super::{
    budgets::{Budgets, Verdict},
    callgrind::{self, Counted},
    http::{self, Bar},
    programs::Programs,
};
use crate::{
    needs,
    process::{Cmd, progress, section},
    table,
    workspace::Workspace,
};

/// Requests per second over HTTP.
const BARS: [Bar; 2] = [
    Bar::new("testudo", "bare", Some(0.70), "the whole stack, to bare axum"),
    Bar::new("testudo", "tower-http", Some(1.2), "the whole stack, to the same of tower layers"),
];
/// Two runs differ in this many requests, so that what starting costs falls out. The first is not short: what is made
/// once falls out, too.
const FEW: u64 = 500;
const MORE: u64 = 1000;

/// What the whole production stack costs per request, against bare axum and the same stack of tower layers.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often every peer has its turn; the order is new every time.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How long a turn is.
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
    /// Counts instructions and allocations and nothing else.
    #[arg(long)]
    instructions: bool,
    /// Fails when a figure misses its bar or its budget.
    #[arg(long)]
    check: bool,
}

impl Options {
    /// As continuous integration asks: instructions do not depend on what else the machine does.
    pub(crate) fn check_instructions() -> Self {
        Self { rounds: 1, seconds: 0.5, instructions: true, check: true }
    }
}

/// Says whether every bar is reached and every budget kept, where that was asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    section("building the peers");
    let target = workspace.target.join("peers");
    let manifest = workspace.root.join("benches/peers/Cargo.toml");
    let build = workspace.cargo(["build", "--release", "--bins", "--locked"]);
    let build = build.args(["--manifest-path".as_ref(), manifest.as_os_str()]);
    ensure!(build.env("CARGO_TARGET_DIR", &target).run()?, "the peers do not build");
    let programs = Programs::new(target.join("release"));
    let mut good = true;
    if !options.instructions {
        section("requests per second over HTTP, one thread that serves, 16 connections");
        good &= http::measure(&programs, options.rounds, options.seconds, &BARS)?;
    }
    needs::provide(&[needs::VALGRIND])?;
    good &= count_all(workspace, &programs)?;
    Ok(good || !options.check)
}

fn count_all(workspace: &Workspace, programs: &Programs) -> Result<bool> {
    section("instructions and allocations per request, all threads of the server");
    let budgets = Budgets::read(workspace)?;
    let peers = Cmd::new(programs.path("requests")).read()?;
    let out = workspace.target.join("callgrind.stack.out");
    let mut rows = Vec::new();
    let mut good = true;
    for (id, sentence) in peers.lines().filter_map(|line| line.split_once('\t')) {
        progress(sentence);
        let few = count(programs, &out, id, FEW)?;
        let more = count(programs, &out, id, FEW + MORE)?.since(few);
        let mut row = vec![sentence.to_owned()];
        for (counted, allowed) in [
            (more.instructions / MORE, &budgets.stack.instructions_per_request),
            (more.allocations / MORE, &budgets.stack.allocations_per_request),
        ] {
            let verdict = budgets.judge(allowed, id, counted);
            good &= verdict != Verdict::Over;
            let budget = allowed.get(id).map_or_else(|| "-".to_owned(), u64::to_string);
            row.extend([counted.to_string(), budget, verdict.to_string()]);
        }
        rows.push(row);
    }
    progress("");
    table::print(&["peer", ">instructions", ">budget", "", ">allocations", ">budget", ""], &rows);
    println!("a budget is kept up to {} % above it", budgets.tolerance_percent);
    Ok(good)
}

fn count(programs: &Programs, out: &Path, id: &str, requests: u64) -> Result<Counted> {
    let client = Cmd::new(programs.path("requests")).args([id.to_owned(), requests.to_string()]);
    client.args(["--".to_owned()]).args(callgrind::command(out)).read()?;
    Counted::read(out)
}
