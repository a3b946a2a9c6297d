//! Where a value comes from.

use std::{fmt, path::PathBuf};

/// Where the value of a setting comes from. The order is that of the layers: what is further down wins.
///
/// ```
/// use testudo_settings::Source;
///
/// let file = Source::File { path: "testudo.toml".into(), line: 12 };
/// assert_eq!(file.to_string(), "testudo.toml:12");
/// assert!(file < Source::Variable("TESTUDO__SERVER__PORT".to_owned()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// Nobody has said anything.
    Default,
    /// The configuration file, or the section in it of the environment the service runs in.
    File {
        /// The file, as it was named.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// The `.env` file beside the configuration file. It is read in development only.
    DotEnv {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// An environment variable.
    Variable(String),
    /// A file that an environment variable names.
    SecretFile {
        /// The variable, which ends in `_FILE`.
        variable: String,
        /// The file.
        path: PathBuf,
    },
    /// A flag of the command, as it is written: `--set KEY`.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } | Self::DotEnv { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::SecretFile { variable, path } => write!(f, "{variable} ({})", path.display()),
            Self::Flag(name) => write!(f, "--set {name}"),
        }
    }
}
