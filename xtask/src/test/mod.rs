//! `cargo xtask test`: the one test command.

use anyhow::{Context, Result};
use testudo_testkit::Postgres;

use crate::{
    needs,
    process::{Cmd, section},
    workspace::Workspace,
};

mod runner;

use runner::Counts;

/// Builds and runs all tests, and names those that were skipped.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Only tests whose name contains this.
    filter: Option<String>,
}

/// Says whether all tests passed and, with `CI=true`, whether none was skipped.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool> {
    section("what the tests need");
    needs::provide(&[
        needs::C_COMPILER,
        needs::CURL,
        needs::PROCPS,
        needs::POSTGRES,
        needs::PROMETHEUS,
        needs::PGBOUNCER,
        needs::REDIS,
    ])?;
    eprintln!("everything is there");
    // One server for all tests, each of which has databases of its own.
    let postgres = Postgres::start().context("PostgreSQL does not start")?;
    let shared = postgres.shared_variable();

    let filter = options.filter.as_deref();
    let (passed, counts) = if has_nextest() {
        section("tests, with cargo-nextest");
        runner::nextest(workspace, filter, &shared)?
    } else {
        section("tests, with cargo test (`cargo install cargo-nextest --locked` makes this faster)");
        runner::cargo_test(workspace, filter, &shared)?
    };
    let skipped = if counts.skipped > 0 { runner::ignored(workspace, filter)? } else { Vec::new() };
    report(counts, &skipped);
    let strict = std::env::var("CI").is_ok_and(|value| value == "true");
    if strict && counts.skipped > 0 {
        println!("a skipped test counts as failed, because CI=true");
    }
    Ok(passed && !(strict && counts.skipped > 0))
}

fn has_nextest() -> bool {
    Cmd::new("cargo-nextest")
        .args(["nextest", "--version"])
        .output()
        .is_ok_and(|output| output.status.success())
}

fn report(counts: Counts, skipped: &[String]) {
    section("result");
    for name in skipped {
        println!("skipped: {name}");
    }
    let Counts { passed, failed, skipped } = counts;
    println!("tests: {passed} passed, {failed} failed, {skipped} skipped");
}
