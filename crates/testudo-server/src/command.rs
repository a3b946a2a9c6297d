//! What a service can be asked on its command line.

use std::fmt::Write;

use crate::{error::StartError, settings::VARIABLES, suggest::did_you_mean};

/// What a service is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Serve,
    Routes { json: bool },
    Migrate,
    Help,
    Version,
}

const COMMANDS: [&str; 3] = ["serve", "routes", "migrate"];
const OPTIONS: [&str; 2] = ["--help", "--version"];

impl Command {
    /// Reads the arguments behind the program's name.
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, StartError> {
        // Whoever asks for help gets it, whatever else is there.
        if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
            return Ok(Self::Help);
        }
        let Some((first, rest)) = arguments.split_first() else { return Ok(Self::Serve) };
        match first.as_str() {
            "serve" => none_left("serve", rest, &[]).map(|()| Self::Serve),
            "migrate" => none_left("migrate", rest, &[]).map(|()| Self::Migrate),
            "routes" => match rest {
                [json] if json == "--json" => Ok(Self::Routes { json: true }),
                _ => none_left("routes", rest, &["--json"]).map(|()| Self::Routes { json: false }),
            },
            "help" => Ok(Self::Help),
            "--version" | "-V" => none_left("--version", rest, &[]).map(|()| Self::Version),
            option if option.starts_with('-') => Err(unknown("option", option, OPTIONS)),
            word => Err(unknown("command", word, COMMANDS)),
        }
    }
}

fn none_left(command: &str, rest: &[String], options: &[&'static str]) -> Result<(), StartError> {
    let Some(extra) = rest.first() else { return Ok(()) };
    let suggestion = did_you_mean(extra, options.iter().copied());
    Err(StartError::surroundings(format!("`{command}` does not take {extra:?}{suggestion}; see `--help`")))
}

fn unknown<const N: usize>(what: &str, word: &str, known: [&str; N]) -> StartError {
    let suggestion = did_you_mean(word, known);
    StartError::surroundings(format!("there is no {what} {word:?}{suggestion}; see `--help`"))
}

/// What `--help` prints.
pub(crate) fn help(service: &str) -> String {
    let width = VARIABLES.iter().map(|variable| variable.name.len()).max().unwrap_or_default();
    let variables = VARIABLES.iter().fold(String::new(), |mut lines, variable| {
        let _ = writeln!(lines, "  {:width$}  {}", variable.name, variable.meaning);
        lines
    });
    format!(
        "\
{service}: a service behind shields

Usage: {service} [COMMAND]

Commands:
  serve            Serve until told to stop (the default)
  routes [--json]  Print who may call what; needs neither environment nor database
  migrate          Bring the database up to date, then exit

Options:
  -h, --help       Print this
  -V, --version    Print the version

Environment variables:
{variables}
Exit codes:
  0  done
  1  the operation did not complete
  2  wrong usage, configuration or surroundings, found before serving
  3  finished, but requests were cut off

Examples:
  TESTUDO__ENVIRONMENT=development {service}
  TESTUDO__ENVIRONMENT=production TESTUDO__SERVER__HOST=0.0.0.0 {service} serve
  TESTUDO__ENVIRONMENT=production {service} migrate
  {service} routes --json"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Command::parse(&arguments).map_err(|error| error.to_string())
    }

    #[test]
    fn every_command_is_understood() {
        for (line, expected) in [
            ("", Command::Serve),
            ("serve", Command::Serve),
            ("routes", Command::Routes { json: false }),
            ("routes --json", Command::Routes { json: true }),
            ("migrate", Command::Migrate),
            ("help", Command::Help),
            ("-h", Command::Help),
            ("routes --help", Command::Help),
            ("-V", Command::Version),
            ("--version", Command::Version),
        ] {
            assert_eq!(parse(line), Ok(expected), "{line}");
        }
    }

    #[test]
    fn a_misspelling_gets_a_suggestion() {
        for (line, expected) in [
            ("srve", "there is no command \"srve\"; did you mean `serve`?; see `--help`"),
            ("deploy", "there is no command \"deploy\"; see `--help`"),
            ("--versoin", "there is no option \"--versoin\"; did you mean `--version`?; see `--help`"),
            ("routes --jsno", "`routes` does not take \"--jsno\"; did you mean `--json`?; see `--help`"),
            (
                "routes --json --json",
                "`routes` does not take \"--json\"; did you mean `--json`?; see `--help`",
            ),
            ("serve now", "`serve` does not take \"now\"; see `--help`"),
        ] {
            assert_eq!(parse(line), Err(expected.to_owned()), "{line}");
        }
    }

    #[test]
    fn help_names_every_variable() {
        let help = help("catalog");
        for variable in VARIABLES {
            assert!(help.contains(variable.name), "{}", variable.name);
        }
    }
}
