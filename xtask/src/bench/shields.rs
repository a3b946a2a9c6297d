//! `cargo xtask bench shields`: what a shield costs per request.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde::Deserialize;

use super::{
    http::{self, Bar},
    instructions,
    programs::Programs,
};
use crate::{
    needs,
    process::section,
    stats::{Interval, Spread},
    table,
    workspace::Workspace,
};

/// What a shield costs per request, against the same check written by hand.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often every scenario has its turn; the order is new every time.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How long a turn over HTTP is.
    #[arg(long, default_value_t = 0.5)]
    seconds: f64,
    /// Counts instructions and nothing else.
    #[arg(long)]
    instructions: bool,
    /// Fails when a figure misses its bar.
    #[arg(long)]
    check: bool,
}

impl Options {
    /// As continuous integration asks: instructions do not depend on what else the machine does.
    pub(crate) fn check_instructions() -> Self {
        Self { rounds: 1, seconds: 0.5, instructions: true, check: true }
    }
}

/// Requests per second over HTTP.
const BARS: [Bar; 6] = [
    Bar::new("shields-1", "by-hand-1", Some(0.97), "one shield, to the check by hand"),
    Bar::new("shields-2", "by-hand-2", Some(0.95), "two shields, to the checks by hand"),
    Bar::new("shields-1", "layers-1", Some(1.0), "one shield, to one from_fn layer"),
    Bar::new("shields-2", "layers-2", Some(1.0), "two shields, to two from_fn layers"),
    Bar::new(
        "shields-1",
        "by-hand-1-in-place",
        None,
        "one shield, to the check by hand without an extractor",
    ),
    Bar::new("shields-1", "layer-1-in-place", None, "one shield, to one from_fn layer without an extractor"),
];

/// Differences in process.
const COSTS: [(&str, &str, &str); 6] = [
    ("shields-0", "by-hand-0", "a stack without a shield, over a bare handler"),
    ("shields-1", "by-hand-1", "one shield, over the check by hand"),
    ("shields-1", "by-hand-1-in-place", "one shield, over the check by hand without an extractor"),
    ("shields-2", "by-hand-2", "two shields, over the checks by hand"),
    ("layers-1", "by-hand-1", "one from_fn layer, over the check by hand"),
    ("layers-2", "by-hand-2", "two from_fn layers, over the checks by hand"),
];

/// Says whether every bar is reached, where that was asked for.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    section("building the services");
    let built = workspace.cargo(["build", "--release", "--package=testudo-benches", "--bins"]).run()?;
    ensure!(built, "the benches do not build");
    let programs = Programs::new(workspace.target.join("release"));
    let mut good = true;
    if !options.instructions {
        section("requests per second over HTTP, one server thread, 16 connections");
        good &= http::measure(&programs, options.rounds, options.seconds, &BARS)?;
        in_process(&programs, options)?;
        allocations(&programs)?;
    }
    needs::provide(&[needs::VALGRIND])?;
    good &= instructions::run(workspace, &programs)?;
    Ok(good || !options.check)
}

#[derive(Deserialize)]
struct InProcess {
    sentence: String,
    nanoseconds: Vec<f64>,
}

fn in_process(programs: &Programs, options: &Options) -> Result<()> {
    section("nanoseconds per request in process");
    let figures: BTreeMap<String, InProcess> =
        programs.figures("in-process", &[format!("--rounds={}", options.rounds)])?;
    let row = |figure: &InProcess| {
        let Spread { min, median, max } = Spread::of(&figure.nanoseconds);
        vec![figure.sentence.clone(), format!("{median:.0}"), format!("{min:.0} .. {max:.0}")]
    };
    table::print(&["scenario", ">median", ">spread"], &figures.values().map(row).collect::<Vec<_>>());
    println!();
    let cost = |&(one, other, words): &(&str, &str, &str)| {
        let (one, other) = (&figures[one].nanoseconds, &figures[other].nanoseconds);
        vec![words.to_owned(), Interval::of_pairs(one, other, |one, other| one - other).rounded()]
    };
    table::print(
        &["difference, paired by round", ">median (95 %)"],
        &COSTS.iter().map(cost).collect::<Vec<_>>(),
    );
    Ok(())
}

#[derive(Deserialize)]
struct Allocations {
    sentence: String,
    #[serde(rename = "allocations")]
    count: u64,
    bytes: u64,
}

fn allocations(programs: &Programs) -> Result<()> {
    section("allocations per request");
    let figures: BTreeMap<String, Allocations> = programs.figures("allocations", &[])?;
    let row = |figure: &Allocations| {
        vec![figure.sentence.clone(), figure.count.to_string(), figure.bytes.to_string()]
    };
    table::print(&["scenario", ">allocations", ">bytes"], &figures.values().map(row).collect::<Vec<_>>());
    Ok(())
}
