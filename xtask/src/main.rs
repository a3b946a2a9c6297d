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
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
#[command(after_help = "Example: cargo xtask test")]
enum Command {
    /// Builds and runs all tests, and names those that were skipped.
    #[command(after_help = "Example: cargo xtask test a_missing_credential")]
    Test(test::Options),
    /// Runs every check that a change must pass.
    #[command(after_help = ci::steps())]
    Ci(ci::Options),
    /// Weakens the code on purpose and reports who notices.
    #[command(subcommand, after_help = "Example: cargo xtask mutate access --reduced")]
    Mutate(mutate::Command),
    /// Measures against peers, side by side in one run.
    #[command(subcommand, after_help = "Example: cargo xtask bench stack --check")]
    Bench(bench::Command),
    /// Strains a running service, and says with figures what holds.
    #[command(after_help = "Example: cargo xtask exercise restarts --check")]
    Exercise(exercise::Options),
    /// Lets others judge a running service, and holds what they say against a bar.
    #[command(after_help = "Example: cargo xtask judge headers --check")]
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

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::Command;

    /// The command and all below it, with what is typed for each.
    fn all(command: clap::Command, typed: &str) -> Vec<(String, clap::Command)> {
        let below = command.get_subcommands().cloned().collect::<Vec<_>>();
        let below = below.into_iter().flat_map(|one| {
            let typed = format!("{typed} {}", one.get_name());
            all(one, &typed)
        });
        [(typed.to_owned(), command)].into_iter().chain(below).collect()
    }

    #[test]
    fn every_command_is_explained_and_has_an_example_of_itself_that_can_be_typed() {
        for (typed, mut command) in all(Command::command(), "cargo xtask") {
            assert!(command.get_about().is_some(), "{typed} is not explained");
            for argument in command.get_arguments().filter(|argument| !argument.is_global_set()) {
                assert!(argument.get_help().is_some(), "{typed}: {} is not explained", argument.get_id());
            }
            let help = command.render_help().to_string();
            let example = help.lines().find_map(|line| line.strip_prefix("Example: "));
            let example = example.unwrap_or_else(|| panic!("{typed} has no example:\n{help}"));
            assert!(example.starts_with(&typed), "{example} is no example of {typed}");
            let words = example.strip_prefix("cargo ").unwrap().split(' ');
            assert!(Command::try_parse_from(words).is_ok(), "{example}");
        }
    }
}
