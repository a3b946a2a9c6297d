//! Why a service does not start, or an operation did not complete.

use std::{error::Error, fmt, process::ExitCode};

use axum::BoxError;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Done,
    Incomplete,
    Refused,
    CutOff,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Incomplete => 1,
            Exit::Refused => 2,
            Exit::CutOff => 3,
        })
    }
}

/// Why a service does not start, or an operation did not complete. It is printed to stderr as one sentence, and ends
/// the process with its exit code.
///
/// 1. [`surroundings`](Self::surroundings) is for what the operator has to change, with the fix in the message:
///    exit code 2.
/// 2. [`incomplete`](Self::incomplete) is for everything else: exit code 1. Any error turns into it with `?`.
///
/// ```
/// use testudo_server::StartError;
///
/// fn read_price_list(path: &str) -> Result<String, StartError> {
///     std::fs::read_to_string(path).map_err(|error| {
///         StartError::surroundings(format!("{path} cannot be read: put a price list there")).caused_by(error)
///     })
/// }
///
/// let error = read_price_list("/no/such/file").unwrap_err();
/// assert!(error.to_string().starts_with("/no/such/file cannot be read: put a price list there (No such file"));
/// ```
pub struct StartError {
    exit: Exit,
    message: String,
    cause: Option<BoxError>,
}

impl StartError {
    /// The configuration or the surroundings are wrong. `message` says what, and the fix.
    pub fn surroundings(message: impl Into<String>) -> Self {
        Self { exit: Exit::Refused, message: message.into(), cause: None }
    }

    /// The operation did not complete. `message` says what was tried.
    ///
    /// ```
    /// # use testudo_server::StartError;
    /// let error = StartError::incomplete("the prices were not imported").caused_by("the disk is full");
    /// assert_eq!(error.to_string(), "the prices were not imported (the disk is full)");
    /// ```
    pub fn incomplete(message: impl Into<String>) -> Self {
        Self { exit: Exit::Incomplete, message: message.into(), cause: None }
    }

    /// Keeps the cause; it is printed behind the message.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<BoxError>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for StartError {
    fn from(error: E) -> Self {
        Self::incomplete("the operation did not complete").caused_by(error)
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let Some(cause) = &self.cause else { return Ok(()) };
        let mut said = cause.to_string();
        let mut next = cause.source();
        while let Some(error) = next {
            // Many errors say what their source says, and then name it as their source.
            let text = error.to_string();
            if !said.contains(&text) {
                said = format!("{said}: {text}");
            }
            next = error.source();
        }
        write!(f, " ({said})")
    }
}

impl fmt::Debug for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartError")
            .field("message", &self.message)
            .field("cause", &self.cause)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says what its source says, as many errors do.
    #[derive(Debug)]
    struct Repeats(std::io::Error);

    impl fmt::Display for Repeats {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "query failed: {}", self.0)
        }
    }

    impl Error for Repeats {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn a_cause_is_said_once() {
        let error =
            StartError::surroundings("no database").caused_by(Repeats(std::io::Error::other("disk full")));
        assert_eq!(error.to_string(), "no database (query failed: disk full)");
    }
}
