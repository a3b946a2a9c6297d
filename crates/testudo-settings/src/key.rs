//! The name of a setting.

use std::fmt;

/// What every variable of ours starts with. Two underscores also stand between a section and its keys.
pub(crate) const PREFIX: &str = "TESTUDO__";

/// The path of a setting through the tables of the configuration: `server.tls.key`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(Vec<String>);

impl Key {
    /// The configuration itself.
    pub(crate) fn root() -> Self {
        Self::default()
    }

    /// The key that somebody writes with dots.
    pub(crate) fn dotted(text: &str) -> Self {
        Self(text.split('.').map(|segment| segment.trim().to_owned()).collect())
    }

    pub(crate) fn new(segments: Vec<String>) -> Self {
        Self(segments)
    }

    pub(crate) fn child(&self, segment: &str) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment.to_owned());
        Self(segments)
    }

    pub(crate) fn join(&self, rest: &[String]) -> Self {
        Self([self.0.as_slice(), rest].concat())
    }

    /// The section it lies in.
    pub(crate) fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    pub(crate) fn segments(&self) -> &[String] {
        &self.0
    }

    pub(crate) fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// Whether this is `other`, or lies in it.
    pub(crate) fn is_in(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.0.join("__").to_uppercase().replace('-', "_"))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(".")?;
            }
            f.write_str(&written(segment))?;
        }
        Ok(())
    }
}

/// One segment as TOML writes it: bare where it can be (TOML 1.0, "Keys").
pub(crate) fn written(segment: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if !segment.is_empty() && segment.bytes().all(bare) { segment.to_owned() } else { format!("{segment:?}") }
}

/// How a segment of a variable's name is compared: variables know neither case nor hyphens.
pub(crate) fn folded(segment: &str) -> String {
    segment.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_with_dots_and_as_a_variable_with_two_underscores() {
        let key = Key::dotted("server.tls.key");
        assert_eq!(key.to_string(), "server.tls.key");
        assert_eq!(key.variable(), "TESTUDO__SERVER__TLS__KEY");
        assert_eq!(Key::new(vec!["app".into(), "a b".into()]).to_string(), "app.\"a b\"");
        assert!(key.is_in(&Key::dotted("server")) && !key.is_in(&Key::dotted("serv")));
    }
}
