//! What a service can be asked on its command line.

use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use testudo_settings::Environment;

/// What every service understands.
#[derive(Debug, Parser)]
#[command(after_help = AFTER_HELP)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

/// What every command understands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(crate) struct Common {
    /// The configuration file [default: testudo.toml of this folder, if there is one]
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,
    /// Sets a key of the configuration, above file and variables: `--set server.port=80`
    #[arg(long = "set", global = true, value_name = "KEY=VALUE", value_parser = key_and_value)]
    pub(crate) set: Vec<(String, String)>,
}

/// What a service is asked to do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum Command {
    /// Serve until told to stop (the default)
    Serve,
    /// Print who may call what; needs neither configuration nor database
    Routes {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Check and show the configuration; needs no database
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Bring the database up to date, then exit
    Migrate,
    /// Ask the running service whether it lives, as a container's health check does: exit code 0 or 1
    Healthcheck {
        /// Ask whether it should get traffic
        #[arg(long)]
        readiness: bool,
    },
}

/// What can be asked of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Report everything that is wrong with it, and what is worth a word
    Check,
    /// Say what a key is, where its value comes from and what it overrides
    Explain {
        /// A key, such as `server.port`, or a section
        key: String,
    },
    /// Print all of it as it is in force, each key with its source; secrets are redacted
    Show {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of the file
    Schema,
    /// Print a file with every key, its meaning and its default
    Sample,
    /// Print how two environments of the same file differ
    Diff {
        /// `development`, `test`, `staging` or `production`
        one: Environment,
        /// Another one
        other: Environment,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

const AFTER_HELP: &str = "\
Configuration, each layer above the one before:
  defaults
  testudo.toml            sections such as [server]; [environments.production.server] for one environment
  .env                    beside it, with such variables; in development only
  TESTUDO__SECTION__KEY   such as TESTUDO__SERVER__PORT or TESTUDO__DATABASE__URL
  TESTUDO__SECTION__KEY_FILE   a file that holds the value
  --set SECTION.KEY=VALUE
  TESTUDO__ENVIRONMENT (development, test, staging or production) has no default.

Exit codes:
  0  done
  1  the operation did not complete
  2  wrong usage, configuration or surroundings, found before serving
  3  finished, but requests were cut off";

/// A line that was understood.
pub(crate) enum Asked {
    /// One of ours.
    Ours(Common, Command),
    /// One of the service's own, with its arguments.
    Own(Common, String, Vec<String>),
}

/// A command of the service's own, as `--help` shows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OwnCommand {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
}

/// A command of the service's own whose name another command has already.
pub(crate) fn taken(own: &[OwnCommand]) -> Option<&'static str> {
    let ours = Cli::command();
    let is_taken = |(at, command): (usize, &OwnCommand)| {
        let name = command.name;
        (name == "help"
            || ours.find_subcommand(name).is_some()
            || own[..at].iter().any(|own| own.name == name))
        .then_some(name)
    };
    own.iter().enumerate().find_map(is_taken)
}

/// Reads the arguments, the program's name first. The error prints help and versions, too.
pub(crate) fn parse(
    service: &'static str,
    version: String,
    own: &[OwnCommand],
    arguments: impl IntoIterator<Item = std::ffi::OsString>,
) -> Result<Asked, clap::Error> {
    let mut command = Cli::command()
        .name(service)
        .bin_name(service)
        .about(format!("{service}: a service behind shields"))
        .version(version)
        .mut_subcommand("config", |config| config.subcommand_required(true).arg_required_else_help(true));
    for OwnCommand { name, about } in own {
        let arguments =
            clap::Arg::new("arguments").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
        command = command.subcommand(clap::Command::new(*name).about(*about).arg(arguments));
    }
    let matches = command.try_get_matches_from_mut(arguments)?;
    if let Some((name, given)) =
        matches.subcommand().filter(|(name, _)| own.iter().any(|own| own.name == *name))
    {
        let arguments = given.get_many::<String>("arguments").into_iter().flatten().cloned().collect();
        return Ok(Asked::Own(Common::from_arg_matches(given)?, name.to_owned(), arguments));
    }
    let cli = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    Ok(Asked::Ours(cli.common, cli.command.unwrap_or(Command::Serve)))
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as KEY=VALUE, such as `server.port=80`")?;
    Ok((key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: [OwnCommand; 1] = [OwnCommand { name: "import", about: "Imports a price list" }];

    fn ask(line: &str) -> Result<Asked, String> {
        let words = std::iter::once("catalog").chain(line.split_whitespace()).map(Into::into);
        parse("catalog", "1.2.3".to_owned(), &OWN, words).map_err(|error| error.to_string())
    }

    #[test]
    fn every_command_is_understood() {
        let config = |command| Command::Config(command);
        for (line, expected) in [
            ("", Command::Serve),
            ("serve", Command::Serve),
            ("routes", Command::Routes { json: false }),
            ("routes --json", Command::Routes { json: true }),
            ("migrate", Command::Migrate),
            ("healthcheck", Command::Healthcheck { readiness: false }),
            ("healthcheck --readiness", Command::Healthcheck { readiness: true }),
            ("config check", config(ConfigCommand::Check)),
            ("config explain server.port", config(ConfigCommand::Explain { key: "server.port".to_owned() })),
            ("config show --json", config(ConfigCommand::Show { json: true })),
            ("config schema", config(ConfigCommand::Schema)),
            ("config sample", config(ConfigCommand::Sample)),
            (
                "config diff staging production",
                config(ConfigCommand::Diff {
                    one: Environment::Staging,
                    other: Environment::Production,
                    json: false,
                }),
            ),
        ] {
            match ask(line) {
                Ok(Asked::Ours(_, command)) => assert_eq!(command, expected, "{line}"),
                Ok(Asked::Own(..)) => panic!("{line}: a command of its own"),
                Err(error) => panic!("{line}: {error}"),
            }
        }
    }

    #[test]
    fn a_command_of_its_own_has_a_name_of_its_own() {
        let own = |names: &[&'static str]| -> Vec<OwnCommand> {
            names.iter().map(|name| OwnCommand { name, about: "" }).collect()
        };
        for (names, expected) in [
            (&["import", "export"][..], None),
            (&["import", "migrate"], Some("migrate")),
            (&["help"], Some("help")),
            (&["import", "export", "import"], Some("import")),
        ] {
            assert_eq!(taken(&own(names)), expected, "{names:?}");
        }
    }

    #[test]
    fn file_and_keys_are_given_before_or_behind_the_command() {
        for line in ["--config a.toml --set server.port=0 serve", "serve --set server.port=0 --config a.toml"]
        {
            let Ok(Asked::Ours(common, Command::Serve)) = ask(line) else { panic!("{line}") };
            assert_eq!(common.config, Some("a.toml".into()), "{line}");
            assert_eq!(common.set, [("server.port".to_owned(), "0".to_owned())], "{line}");
        }
    }

    #[test]
    fn a_service_has_commands_of_its_own() {
        let Ok(Asked::Own(_, name, arguments)) = ask("import --dry-run prices.csv") else { panic!() };
        assert_eq!(
            (name.as_str(), arguments),
            ("import", vec!["--dry-run".to_owned(), "prices.csv".to_owned()])
        );
    }

    #[test]
    fn a_mistake_names_the_word_and_what_may_be_meant() {
        for (line, expected) in [
            ("srve", "a similar subcommand exists: 'serve'"),
            ("--versoin", "a similar argument exists: '--version'"),
            ("routes --jsno", "a similar argument exists: '--json'"),
            ("config", "Report everything that is wrong"),
            ("config diff prod staging", "invalid value 'prod'"),
            ("--set server.port", "write it as KEY=VALUE"),
        ] {
            let error = ask(line).err().unwrap_or_default();
            assert!(error.contains(expected), "{line}: {error}");
        }
    }
}
