//! Set-up and checks of this workspace: `cargo xtask test`, `ci`, `mutate`, `bench`, `exercise` and `judge`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to the terminal")]

mod bench;
mod ci;
mod doc_examples;
mod exercise;
mod judge;
mod mutate;
mod needs;
mod process;
mod service;
mod stats;
mod table;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::workspace::Workspace;

/// Set-up and checks of this workspace, one command each.
#[derive(Parser)]
#[command(name = "cargo xtask", disable_help_subcommand = true)]
enum Command {
    /// Builds and runs all tests, and names those that were skipped.
    Test(test::Options),
    /// Runs every check that a change must pass.
    Ci(ci::Options),
    /// Weakens the code on purpose and reports who notices.
    #[command(subcommand)]
    Mutate(mutate::Command),
    /// Measures against peers, side by side in one run.
    #[command(subcommand)]
    Bench(bench::Command),
    /// Strains a running service, and says with figures what holds.
    Exercise(exercise::Options),
    /// Lets others judge a running service, and holds what they say against a bar.
    Judge(judge::Options),
}

fn main() -> ExitCode {
    let command = Command::parse();
    let outcome = Workspace::find().and_then(|workspace| match command {
        Command::Test(options) => test::run(&workspace, &options),
        Command::Ci(options) => ci::run(&workspace, &options),
        Command::Mutate(command) => mutate::run(&workspace, &command),
        Command::Bench(command) => bench::run(&workspace, &command),
        Command::Exercise(options) => exercise::run(&workspace, &options),
        Command::Judge(options) => judge::run(&workspace, &options),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
