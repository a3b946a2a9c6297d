//! What a value should have been, in words.

use serde_json::Value;

use super::Leaf;

/// What is expected at a place: `an integer from 0 to 65535`.
pub(crate) fn expected(leaf: &Leaf) -> String {
    if !leaf.choices.is_empty() {
        return one_of(&leaf.choices);
    }
    if let Some(hint) = leaf.format.as_deref().and_then(by_format) {
        return hint.to_owned();
    }
    let words: Vec<String> = leaf.types.iter().map(|name| by_type(name, leaf)).collect();
    if words.is_empty() { "a value".to_owned() } else { words.join(" or ") }
}

/// Formats of our own, and those whose parsers only say that something is wrong.
pub(super) fn by_format(format: &str) -> Option<&'static str> {
    Some(match format {
        "duration-with-unit" => "a duration with its unit, such as `500ms`, `30s` or `5m`",
        "size-with-unit" => "a size with its unit, such as `16KiB` or `2MiB`",
        "connection-url" => "a URL, such as `sqlite://app.db` or `postgres://user@host/database`",
        "ip" => "an address, such as `127.0.0.1` or `::`",
        "network" => "a network, such as `10.0.0.0/8` or `2001:db8::/32`",
        _ => return None,
    })
}

fn by_type(name: &str, leaf: &Leaf) -> String {
    match name {
        "integer" => format!("an integer{}", range(leaf)),
        "number" => format!("a number{}", range(leaf)),
        "boolean" => "`true` or `false`".to_owned(),
        "string" => format!("a text{}", amount(leaf.min_length, leaf.max_length, "characters")),
        "array" => format!("a list{}", of(leaf)),
        "object" => "a table".to_owned(),
        other => format!("a value of type {other}"),
    }
}

fn range(leaf: &Leaf) -> String {
    match (leaf.min, leaf.max) {
        (Some(min), Some(max)) => format!(" from {min} to {max}"),
        (Some(min), None) => format!(" of at least {min}"),
        (None, Some(max)) => format!(" of at most {max}"),
        (None, None) => String::new(),
    }
}

fn amount(min: Option<u64>, max: Option<u64>, what: &str) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!(" of {min} to {max} {what}"),
        (Some(min), None) => format!(" of at least {min} {what}"),
        (None, Some(max)) => format!(" of at most {max} {what}"),
        (None, None) => String::new(),
    }
}

fn of(leaf: &Leaf) -> String {
    let amount = amount(leaf.min_items, leaf.max_items, "items");
    match &leaf.items {
        None => amount,
        Some(items) if items.types == ["string"] && items.choices.is_empty() && items.format.is_none() => {
            let texts = amount.strip_suffix(" items").map(|amount| format!("{amount} texts"));
            texts.unwrap_or_else(|| " of texts".to_owned())
        }
        Some(items) => format!("{amount}, each {}", expected(items)),
    }
}

fn one_of(choices: &[Value]) -> String {
    let words: Vec<String> = choices.iter().map(|choice| format!("`{}`", plain(choice))).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A choice as a variable would say it.
fn plain(choice: &Value) -> String {
    choice.as_str().map_or_else(|| choice.to_string(), str::to_owned)
}
