//! `cargo xtask ci`: every check that a change must pass.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    bench, doc_examples,
    exercise::{self, Exercise},
    judge, mutate,
    process::section,
    table,
    test::{self},
    workspace::Workspace,
};

/// Runs every check that a change must pass.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only steps whose name contains this; without it, all.
    only: Option<String>,
}

type Step = (&'static str, fn(&Workspace) -> Result<bool>);

const STEPS: &[Step] = &[
    ("format", |workspace| workspace.cargo(["fmt", "--all", "--check"]).run()),
    ("clippy", |workspace| {
        let clippy = ["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"];
        workspace.cargo(clippy).run()
    }),
    ("default features", |workspace| {
        workspace.cargo(["clippy", "-p", "testudo", "-p", "testudo-server", "--", "-D", "warnings"]).run()
    }),
    ("shields alone", |workspace| {
        workspace.cargo(["clippy", "-p", "testudo", "--no-default-features", "--", "-D", "warnings"]).run()
    }),
    ("peers of the stack", |workspace| {
        let clippy = ["clippy", "--release", "--all-targets", "--manifest-path=benches/peers/Cargo.toml"];
        let clippy = workspace.cargo(clippy).env("CARGO_TARGET_DIR", workspace.target.join("peers"));
        clippy.args(["--locked", "--", "-D", "warnings"]).run()
    }),
    ("tests", |workspace| test::run(workspace, &test::Options::default())),
    ("doc tests", |workspace| workspace.cargo(["test", "--doc", "--workspace", "--all-features"]).run()),
    ("docs", |workspace| {
        let docs = workspace.cargo(["doc", "--no-deps", "--workspace", "--all-features"]);
        docs.env("RUSTDOCFLAGS", "-D warnings").run()
    }),
    ("doc examples", doc_examples::run),
    ("compile time budget", |workspace| {
        bench::run(workspace, &bench::Command::Compile(bench::compile::Options::check()))
    }),
    ("instruction budget", |workspace| {
        bench::run(workspace, &bench::Command::Shields(bench::shields::Options::check_instructions()))
    }),
    ("instruction budget of the stack", |workspace| {
        bench::run(workspace, &bench::Command::Stack(bench::stack::Options::check_instructions()))
    }),
    ("exercise: start, reduced", |workspace| exercise(workspace, Exercise::Start)),
    ("exercise: restarts, reduced", |workspace| {
        exercise(workspace, Exercise::Restarts(exercise::restarts::Options::default()))
    }),
    ("exercise: slow headers, reduced", |workspace| exercise(workspace, Exercise::SlowHeaders)),
    ("exercise: floods, reduced", |workspace| exercise(workspace, Exercise::Floods)),
    ("exercise: frozen database, reduced", |workspace| exercise(workspace, Exercise::FrozenDatabase)),
    ("judge: headers", |workspace| judge::run(workspace, &judge::Options::headers())),
    ("access mutations, reduced", |workspace| {
        mutate::run(workspace, &mutate::Command::Access(mutate::Options::reduced()))
    }),
];

fn exercise(workspace: &Workspace, exercise: Exercise) -> Result<bool> {
    exercise::run(workspace, &exercise::Options::reduced(exercise))
}

/// For whoever looks for a step.
pub(crate) fn steps() -> String {
    let names: Vec<&str> = STEPS.iter().map(|(name, _)| *name).collect();
    format!("Steps:\n  {}\n\nExample: cargo xtask ci clippy", names.join("\n  "))
}

/// Runs all steps, also after one has failed, and says whether all succeeded.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    let only = options.only.as_deref().unwrap_or_default();
    let chosen: Vec<&Step> = STEPS.iter().filter(|(name, _)| name.contains(only)).collect();
    anyhow::ensure!(!chosen.is_empty(), "no step is called {only:?}");
    let done: Vec<(&str, bool, Duration)> = chosen.into_iter().map(|step| timed(workspace, step)).collect();

    section("summary");
    let row = |&(name, passed, took): &(&str, bool, Duration)| {
        let verdict = if passed { "ok" } else { "FAILED" };
        vec![name.to_owned(), verdict.to_owned(), format!("{:.0} s", took.as_secs_f64())]
    };
    table::print(&["step", "result", ">time"], &done.iter().map(row).collect::<Vec<_>>());
    Ok(done.iter().all(|(_, passed, _)| *passed))
}

fn timed(workspace: &Workspace, &(name, check): &Step) -> (&'static str, bool, Duration) {
    section(name);
    let start = Instant::now();
    let passed = check(workspace).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        false
    });
    (name, passed, start.elapsed())
}
