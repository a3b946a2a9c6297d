//! What is wrong with a configuration, all of it at once.

use std::fmt;

use crate::{key::Key, source::Source};

/// One mistake in a configuration: where it is, and how to mend it. It never holds the value of a secret.
///
/// ```
/// use testudo_settings::{Loader, NoApp, Source};
///
/// let variables = [("TESTUDO__ENVIRONMENT", "test"), ("TESTUDO__SERVER__PORT", "eighty")];
/// let errors = Loader::new().working_dir("/nowhere").variables(variables).load::<NoApp>().unwrap_err();
/// let error = errors.iter().next().unwrap();
/// assert_eq!(error.key(), "server.port");
/// assert_eq!(error.source(), Some(&Source::Variable("TESTUDO__SERVER__PORT".to_owned())));
/// assert_eq!(error.message(), "expected an integer from 0 to 65535");
/// assert_eq!(
///     error.to_string(),
///     r#"TESTUDO__SERVER__PORT = "eighty": expected an integer from 0 to 65535"#
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingsError {
    key: String,
    source: Option<Source>,
    shown: Option<String>,
    message: String,
}

impl SettingsError {
    pub(crate) fn new(key: impl fmt::Display, source: Option<Source>, message: impl Into<String>) -> Self {
        Self { key: key.to_string(), source, shown: None, message: message.into() }
    }

    /// With the value as it may be shown: nothing for a secret.
    pub(crate) fn showing(mut self, shown: Option<String>) -> Self {
        self.shown = shown;
        self
    }

    /// With more to say.
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.message.push_str(more);
        self
    }

    pub(crate) fn at(key: &Key, source: &Source, message: impl Into<String>) -> Self {
        Self::new(key, Some(source.clone()), message)
    }

    /// The setting, such as `server.port`. For a variable that sets nothing, its name; empty where a whole file is
    /// meant.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Where the value comes from. Nothing when there is no value and no default.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// What is wrong, and the fix.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// By place; what has none comes last.
    fn rank(&self) -> (bool, Option<&Source>, &str, &str) {
        let place = self.source.as_ref().filter(|source| **source != Source::Default);
        (place.is_none(), place, &self.key, &self.message)
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.source {
            None | Some(Source::Default) => self.key.clone(),
            Some(source @ (Source::File { .. } | Source::DotEnv { .. })) if !self.key.is_empty() => {
                format!("{source}: {}", self.key)
            }
            Some(source) => source.to_string(),
        };
        match (&self.shown, place.is_empty()) {
            (_, true) => f.write_str(&self.message),
            (Some(shown), _) => write!(f, "{place} = {shown}: {}", self.message),
            (None, _) => write!(f, "{place}: {}", self.message),
        }
    }
}

impl std::error::Error for SettingsError {}

/// All mistakes in a configuration, sorted by their place, one a line.
///
/// ```
/// use testudo_settings::{Loader, NoApp};
///
/// let variables = [("TESTUDO__SERVER__PROT", "80")];
/// let errors = Loader::new().working_dir("/nowhere").variables(variables).load::<NoApp>().unwrap_err();
/// let lines: Vec<String> = errors.to_string().lines().map(str::to_owned).collect();
/// assert_eq!(lines[0], "TESTUDO__SERVER__PROT: there is no such setting; did you mean TESTUDO__SERVER__PORT?");
/// assert!(lines[1].starts_with("environment: missing"));
/// assert_eq!(errors.iter().count(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SettingsErrors(Vec<SettingsError>);

impl SettingsErrors {
    /// Sorted, each once.
    pub(crate) fn new(mut errors: Vec<SettingsError>) -> Self {
        errors.sort_by(|a, b| a.rank().cmp(&b.rank()));
        errors.dedup();
        Self(errors)
    }

    /// The mistakes, sorted by their place.
    pub fn iter(&self) -> impl Iterator<Item = &SettingsError> {
        self.0.iter()
    }
}

impl fmt::Display for SettingsErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsErrors {}
