//! The few variables a service reads, as a pure function of what the environment holds.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt,
    net::{IpAddr, Ipv4Addr},
};

use tracing::Level;

use testudo_settings::Environment;

use crate::suggest::{closest, did_you_mean};

/// A variable, as `--help` shows it.
pub(crate) struct Variable {
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
}

pub(crate) const ENVIRONMENT: Variable =
    Variable { name: "TESTUDO__ENVIRONMENT", meaning: "development, test, staging or production; required" };
pub(crate) const HOST: Variable =
    Variable { name: "TESTUDO__SERVER__HOST", meaning: "address to listen on [default: 127.0.0.1]" };
pub(crate) const PORT: Variable = Variable {
    name: "TESTUDO__SERVER__PORT",
    meaning: "port to listen on, 0 for a free one [default: 8000]",
};
pub(crate) const DATABASE_URL: Variable = Variable {
    name: "TESTUDO__DATABASE__URL",
    meaning: "where the database is [default: the service's own]",
};
pub(crate) const LOG_LEVEL: Variable =
    Variable { name: "TESTUDO__LOG__LEVEL", meaning: "error, warn, info, debug or trace [default: info]" };

/// All variables there are.
pub(crate) const VARIABLES: [&Variable; 5] = [&ENVIRONMENT, &HOST, &PORT, &DATABASE_URL, &LOG_LEVEL];

/// One underscore would catch the variables that Kubernetes sets for a service of that name.
const PREFIX: &str = "TESTUDO__";

const DEFAULT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const DEFAULT_PORT: u16 = 8_000;

/// What the variables say.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) environment: Environment,
    pub(crate) host: IpAddr,
    pub(crate) port: u16,
    pub(crate) database_url: Option<String>,
    pub(crate) log_level: Level,
}

impl Settings {
    /// Reads them from pairs of name and value. Whatever is wrong is reported at once.
    pub(crate) fn read(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, SettingsErrors> {
        let mut reader = Reader::new(variables);
        let environment = reader.take(&ENVIRONMENT, |word| word.parse().map_err(|e| format!("{e}")));
        if environment.is_none() && !reader.has_error_about(&ENVIRONMENT) {
            reader.errors.push(SettingError {
                name: ENVIRONMENT.name.to_owned(),
                value: None,
                fix: "there is no default; set it to `development`, `test`, `staging` or `production`, \
                      for example with `export TESTUDO__ENVIRONMENT=development`"
                    .to_owned(),
            });
        }
        let host = reader.take(&HOST, parse_host).unwrap_or(DEFAULT_HOST);
        let port = reader.take(&PORT, parse_port).unwrap_or(DEFAULT_PORT);
        let database_url = reader.take(&DATABASE_URL, parse_url);
        let log_level = reader.take(&LOG_LEVEL, parse_level).unwrap_or(Level::INFO);
        reader.refuse_unknown();
        match environment {
            Some(environment) if reader.errors.is_empty() => {
                Ok(Self { environment, host, port, database_url, log_level })
            }
            _ => Err(SettingsErrors(reader.errors)),
        }
    }
}

/// Everything that is wrong with the variables.
#[derive(Debug)]
pub(crate) struct SettingsErrors(Vec<SettingError>);

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

#[derive(Debug)]
struct SettingError {
    name: String,
    /// Nothing when the variable is not set.
    value: Option<String>,
    fix: String,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value:?}: {}", self.name, self.fix),
            None => write!(f, "{} is not set: {}", self.name, self.fix),
        }
    }
}

struct Reader {
    left: BTreeMap<String, String>,
    errors: Vec<SettingError>,
}

impl Reader {
    fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut reader = Self { left: BTreeMap::new(), errors: Vec::new() };
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| is_ours(name)) else { continue };
            match value.into_string() {
                Ok(value) => drop(reader.left.insert(name.to_owned(), value)),
                Err(value) => {
                    let fix = "the value is not valid UTF-8".to_owned();
                    let value = Some(value.to_string_lossy().into_owned());
                    reader.errors.push(SettingError { name: name.to_owned(), value, fix });
                }
            }
        }
        reader
    }

    fn take<T>(&mut self, variable: &Variable, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let value = self.left.remove(variable.name)?;
        match parse(&value) {
            Ok(parsed) => Some(parsed),
            Err(fix) => {
                self.errors.push(SettingError { name: variable.name.to_owned(), value: Some(value), fix });
                None
            }
        }
    }

    fn has_error_about(&self, variable: &Variable) -> bool {
        self.errors.iter().any(|error| error.name == variable.name)
    }

    /// A misspelt variable must not be silently without effect. Its value is not printed: nobody knows what it is.
    fn refuse_unknown(&mut self) {
        for name in std::mem::take(&mut self.left).into_keys() {
            let known = VARIABLES.map(|variable| variable.name);
            let fix = match closest(&name, known) {
                Some(_) => format!("there is no such variable{}", did_you_mean(&name, known)),
                None => format!("there is no such variable; unset it, or use one of {}", known.join(", ")),
            };
            self.errors.push(SettingError { name, value: Some("...".to_owned()), fix });
        }
    }
}

fn is_ours(name: &str) -> bool {
    name.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

fn parse_host(value: &str) -> Result<IpAddr, String> {
    if value == "localhost" {
        return Ok(DEFAULT_HOST);
    }
    let fix = "use an IP address: `127.0.0.1` for this machine alone, `0.0.0.0` for everybody";
    value.parse().map_err(|_| fix.to_owned())
}

fn parse_port(value: &str) -> Result<u16, String> {
    value.parse().map_err(|_| "use a number from 1 to 65535, or 0 for a free port".to_owned())
}

fn parse_url(value: &str) -> Result<String, String> {
    let example = "use a URL such as `sqlite://catalog.db`, or unset it";
    if value.is_empty() { Err(example.to_owned()) } else { Ok(value.to_owned()) }
}

fn parse_level(value: &str) -> Result<Level, String> {
    const LEVELS: [(&str, Level); 5] = [
        ("error", Level::ERROR),
        ("warn", Level::WARN),
        ("info", Level::INFO),
        ("debug", Level::DEBUG),
        ("trace", Level::TRACE),
    ];
    let found = LEVELS.into_iter().find(|(word, _)| *word == value);
    found.map(|(_, level)| level).ok_or_else(|| {
        let suggestion = did_you_mean(value, LEVELS.map(|(word, _)| word));
        format!("use `error`, `warn`, `info`, `debug` or `trace`{suggestion}")
    })
}

#[cfg(test)]
mod tests;
