//! What is logged, and how.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is logged, and how. Lines go to stderr.
///
/// ```
/// use testudo_settings::{LogLevel, LogSettings};
///
/// assert_eq!(LogSettings::default().level, LogLevel::Info);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct LogSettings {
    /// The least important lines that are written.
    pub level: LogLevel,
    /// `json` (one object a line) or `text`. `auto` is text in development, JSON elsewhere.
    pub format: LogFormat,
    /// Writes one line for every request.
    pub access: bool,
    /// Lines that may wait to be written. More are dropped and counted: a slow disk does not stop the service.
    #[schemars(range(min = 1))]
    pub queue: usize,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { level: LogLevel::Info, format: LogFormat::Auto, access: true, queue: 16_384 }
    }
}

/// How important a line is.
///
/// ```
/// use testudo_settings::LogLevel;
///
/// assert_eq!(LogLevel::Debug.as_str(), "debug");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Something is broken.
    Error,
    /// Something will break, or somebody tries.
    Warn,
    /// What happens.
    Info,
    /// Why it happens.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The word that the setting says.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// How lines are written.
///
/// ```
/// assert_eq!(serde_json::to_value(testudo_settings::LogFormat::Json).unwrap(), "json");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text in development, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}
