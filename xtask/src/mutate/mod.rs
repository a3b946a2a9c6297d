//! `cargo xtask mutate`: weakens the code on purpose and reports who notices.

mod copy;
mod edits;
mod examples;
mod imports;
mod judge;
mod report;
mod routes;
mod sample;
mod source;
mod strength;

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::{
    process::{progress, section},
    workspace::Workspace,
};
use copy::Copy;
use edits::Mutant;
use examples::{EXAMPLES, Example};
use report::Judged;

/// Weakens the code on purpose and reports who notices.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Every weakening edit of the examples' routes: each must be killed by the compiler or a behavioural test.
    #[command(after_help = "Example: cargo xtask mutate access --example catalog")]
    Access(Options),
}

/// Which edits are tried.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// A fixed sample with every kind of edit and every example.
    #[arg(long)]
    reduced: bool,
    /// Only this example.
    #[arg(long, value_name = "NAME")]
    example: Option<String>,
    /// Prints the verdicts as JSON.
    #[arg(long)]
    json: bool,
    /// Names the edits and tries none.
    #[arg(long)]
    list: bool,
}

impl Options {
    /// As continuous integration asks.
    pub(crate) fn reduced() -> Self {
        Self { reduced: true, ..Self::default() }
    }
}

/// How long the judgements of a sample may take. What is left out then is reported.
const TIME_OF_SAMPLE: Duration = Duration::from_mins(6);

/// Says whether every edit was killed.
pub(crate) fn run(workspace: &Workspace, command: &Command) -> Result<bool> {
    let Command::Access(options) = command;
    section("weakening the access rules of the examples");
    let mutants = collect(workspace, options)?;
    eprintln!("{} edits", mutants.len());
    if options.list {
        report::list(&mutants);
        return Ok(true);
    }
    let copy = Copy::of(workspace)?;
    for example in examples_of(&mutants) {
        eprintln!("{}: without an edit, its tests must pass", example.package);
        judge::baseline(&copy, example)?;
    }
    let judged = judge_all(&copy, &mutants, options.reduced.then_some(TIME_OF_SAMPLE))?;
    report::print(&judged, mutants.len() - judged.len(), options.json)
}

fn collect(workspace: &Workspace, options: &Options) -> Result<Vec<Mutant>> {
    let wanted = |example: &&Example| options.example.as_deref().is_none_or(|name| name == example.package);
    let mut mutants = Vec::new();
    for example in EXAMPLES.iter().filter(wanted) {
        mutants.extend(edits::of_example(&workspace.root, example)?);
    }
    ensure!(!mutants.is_empty(), "there is nothing to weaken; examples: {}", examples::names());
    Ok(if options.reduced { sample::of(mutants) } else { mutants })
}

fn examples_of(mutants: &[Mutant]) -> impl Iterator<Item = &'static Example> {
    let is_used = |example: &&Example| mutants.iter().any(|mutant| mutant.example.package == example.package);
    EXAMPLES.iter().filter(is_used)
}

fn judge_all<'a>(copy: &Copy, mutants: &'a [Mutant], limit: Option<Duration>) -> Result<Vec<Judged<'a>>> {
    let start = Instant::now();
    let mut judged = Vec::new();
    for (number, mutant) in mutants.iter().enumerate() {
        if limit.is_some_and(|limit| start.elapsed() > limit) {
            break;
        }
        progress(&format!("{} of {}: {mutant}", number + 1, mutants.len()));
        judged.push(Judged { mutant, verdict: judge::judge(copy, mutant)? });
    }
    progress("");
    Ok(judged)
}
