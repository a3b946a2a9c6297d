//! `cargo xtask bench shields`: what a shield costs per request.

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, de::DeserializeOwned};

use super::instructions;
use crate::{
    needs,
    process::{Cmd, section},
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

/// A figure of a shield against another form, and the ratio it must reach.
struct Bar {
    shields: &'static str,
    other: &'static str,
    at_least: Option<f64>,
    words: &'static str,
}

impl Bar {
    const fn new(
        shields: &'static str,
        other: &'static str,
        at_least: Option<f64>,
        words: &'static str,
    ) -> Self {
        Self { shields, other, at_least, words }
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
    let programs = Programs { folder: workspace.target.join("release") };
    let mut good = true;
    if !options.instructions {
        good &= over_http(&programs, options)?;
        in_process(&programs, options)?;
        allocations(&programs)?;
    }
    needs::provide(&[needs::VALGRIND])?;
    good &= instructions::run(workspace, &programs)?;
    Ok(good || !options.check)
}

/// The programs of the benches.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn figures<T: DeserializeOwned>(&self, name: &str, arguments: &[String]) -> Result<BTreeMap<String, T>> {
        let command = Cmd::new(self.path(name)).args(arguments).show_errors();
        let figures: Vec<Figure<T>> =
            serde_json::from_str(&command.read()?).with_context(|| format!("what {name} printed"))?;
        Ok(figures.into_iter().map(|figure| (figure.id, figure.rest)).collect())
    }
}

#[derive(Deserialize)]
struct Figure<T> {
    id: String,
    #[serde(flatten)]
    rest: T,
}

#[derive(Deserialize)]
struct Http {
    sentence: String,
    per_second: Vec<f64>,
    cpu_nanoseconds: Vec<f64>,
}

fn over_http(programs: &Programs, options: &Options) -> Result<bool> {
    section("requests per second over HTTP, one server thread, 16 connections");
    let arguments = [format!("--rounds={}", options.rounds), format!("--seconds={}", options.seconds)];
    let figures: BTreeMap<String, Http> = programs.figures("over-http", &arguments)?;
    let row = |figure: &Http| {
        let Spread { min, median, max } = Spread::of(&figure.per_second);
        let cpu = if figure.cpu_nanoseconds.is_empty() {
            f64::NAN
        } else {
            Spread::of(&figure.cpu_nanoseconds).median
        };
        let cells =
            [format!("{median:.0}"), format!("{min:.0} .. {max:.0}"), format!("{:.2} us", cpu / 1000.0)];
        [figure.sentence.clone()].into_iter().chain(cells).collect()
    };
    table::print(
        &["scenario", ">requests/s", ">spread", ">server time"],
        &figures.values().map(row).collect::<Vec<_>>(),
    );
    println!();

    let mut good = true;
    let mut rows = Vec::new();
    for bar in &BARS {
        let (one, other) = (&figures[bar.shields], &figures[bar.other]);
        let ratio = Interval::of_pairs(&one.per_second, &other.per_second, |one, other| one / other);
        let cpu = Interval::of_pairs(&one.cpu_nanoseconds, &other.cpu_nanoseconds, |one, other| other / one);
        let reached = bar.at_least.is_none_or(|bar| ratio.median >= bar);
        good &= reached;
        let verdict = match bar.at_least {
            None => "",
            Some(_) if reached => "reached",
            Some(_) => "MISSED",
        };
        let least = bar.at_least.map_or_else(|| "-".to_owned(), |bar| format!("{bar:.2}"));
        let cells = [bar.words.to_owned(), ratio.to_string(), cpu.to_string(), least];
        rows.push(cells.into_iter().chain([verdict.to_owned()]).collect());
    }
    let header = ["ratio of requests/s, paired by round", ">median (95 %)", ">by server time", ">bar", ""];
    table::print(&header, &rows);
    Ok(good)
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
