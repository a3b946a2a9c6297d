//! The `.env` file that developers keep beside the configuration: `NAME=VALUE` lines.

use std::{ffi::OsString, path::Path};

use super::{Setter, is_near};
use crate::{error::SettingsError, key::PREFIX, source::Source};

/// The parsed file: what it sets of ours, and the lines that are no settings at all.
#[derive(Default)]
pub(crate) struct DotEnv {
    pub(crate) setters: Vec<Setter>,
    /// What it sets of nobody's, though it looks like ours.
    pub(crate) strangers: Vec<Setter>,
    pub(crate) errors: Vec<SettingsError>,
}

impl DotEnv {
    /// Parses the text of a file. Names that are not ours are for other programs and left alone.
    pub(crate) fn parse(path: &Path, text: &str) -> Self {
        let mut parsed = Self::default();
        for (index, line) in text.lines().enumerate() {
            let source = Source::DotEnv { path: path.to_owned(), line: index + 1 };
            match assignment(line) {
                Ok(Some((name, value))) if name.starts_with(PREFIX) => {
                    parsed.setters.push(Setter { name, value: OsString::from(value), source });
                }
                Ok(Some((name, value))) if is_near(&name) => {
                    parsed.strangers.push(Setter { name, value: OsString::from(value), source });
                }
                Ok(_) => {}
                // The line may hold a secret: it is not shown.
                Err(message) => parsed.errors.push(SettingsError::new("", Some(source), message)),
            }
        }
        parsed
    }
}

/// A line's name and value; nothing for an empty line or a comment.
fn assignment(line: &str) -> Result<Option<(String, String)>, &'static str> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(None);
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (name, rest) =
        line.split_once('=').ok_or("expected `NAME=VALUE`, a comment after `#`, or nothing")?;
    let name = name.trim();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(is_name) {
        return Err("a name consists of letters, digits and underscores");
    }
    Ok(Some((name.to_owned(), value(rest.trim())?)))
}

/// Bare up to ` #`; literal in single quotes; with the escapes `\n`, `\t`, `\"` and `\\` in double quotes.
fn value(text: &str) -> Result<String, &'static str> {
    let (value, rest) = match text.chars().next() {
        Some('\'') => text[1..].split_once('\'').map(|(value, rest)| (value.to_owned(), rest)),
        Some('"') => double_quoted(&text[1..])?,
        _ => return Ok(text.split(" #").next().unwrap_or_default().trim_end().to_owned()),
    }
    .ok_or("the quote is not closed")?;
    let rest = rest.trim();
    if rest.is_empty() || rest.starts_with('#') {
        Ok(value)
    } else {
        Err("there is more after the closing quote")
    }
}

fn double_quoted(text: &str) -> Result<Option<(String, &str)>, &'static str> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((index, letter)) = letters.next() {
        match letter {
            '"' => return Ok(Some((value, &text[index + 1..]))),
            '\\' => value.push(match letters.next() {
                Some((_, 'n')) => '\n',
                Some((_, 't')) => '\t',
                Some((_, same @ ('"' | '\\'))) => same,
                _ => return Err("after a backslash, write `n`, `t`, a quote or a backslash"),
            }),
            other => value.push(other),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_comment_or_sets_a_value_bare_or_quoted() {
        let pair = |name: &str, value: &str| Ok(Some((name.to_owned(), value.to_owned())));
        let cases = [
            ("", Ok(None)),
            ("  # a comment", Ok(None)),
            ("A=b", pair("A", "b")),
            ("export A = b c ", pair("A", "b c")),
            ("A=b # why", pair("A", "b")),
            ("A=b#c", pair("A", "b#c")),
            ("A='b # c' # why", pair("A", "b # c")),
            ("A='b\\n'", pair("A", "b\\n")),
            (r#"A="b\n\"c\"\\""#, pair("A", "b\n\"c\"\\")),
            ("A=", pair("A", "")),
            ("A=''", pair("A", "")),
            ("A", Err("expected `NAME=VALUE`, a comment after `#`, or nothing")),
            ("A B=c", Err("a name consists of letters, digits and underscores")),
            ("A='b", Err("the quote is not closed")),
            ("A=\"b", Err("the quote is not closed")),
            ("A='b' c", Err("there is more after the closing quote")),
            (r#"A="\q""#, Err("after a backslash, write `n`, `t`, a quote or a backslash")),
        ];
        for (line, expected) in cases {
            assert_eq!(assignment(line), expected, "{line}");
        }
    }
}
