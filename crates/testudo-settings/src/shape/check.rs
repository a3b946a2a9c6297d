//! Whether a value keeps the rules of its place.

use serde_json::Value;

use super::{Leaf, expected};
use crate::suggest::closest;

/// Longer values are cut off in messages.
const SHOWN: usize = 80;

/// What is wrong with a value, if anything. The words never hold the value itself.
pub(crate) fn check(leaf: &Leaf, value: &Value) -> Result<(), String> {
    if !has_type(leaf, value) || !in_range(leaf, value) || !in_size(leaf, value) {
        return Err(format!("expected {}", expected(leaf)));
    }
    if !leaf.choices.is_empty() && !leaf.choices.contains(value) {
        return Err(format!("expected {}{}", expected(leaf), suggestion(leaf, value)));
    }
    let (Some(items), Some(values)) = (&leaf.items, value.as_array()) else { return Ok(()) };
    for (index, value) in values.iter().enumerate() {
        check(items, value).map_err(|message| format!("item {}: {message}", index + 1))?;
    }
    Ok(())
}

/// A value as a message shows it, and nothing of one that may be secret.
pub(crate) fn shown(leaf: &Leaf, value: &Value) -> Option<String> {
    if leaf.secret {
        return None;
    }
    let text = crate::answer::toml_value(value);
    let cut = text.char_indices().nth(SHOWN).map(|(end, _)| format!("{}…", &text[..end]));
    Some(cut.unwrap_or(text))
}

fn has_type(leaf: &Leaf, value: &Value) -> bool {
    match value {
        // TOML has no null.
        Value::Null => false,
        Value::Bool(_) => leaf.allows("boolean"),
        Value::Number(number) => leaf.allows("number") || (!number.is_f64() && leaf.allows("integer")),
        Value::String(_) => leaf.allows("string"),
        Value::Array(_) => leaf.allows("array"),
        Value::Object(_) => leaf.allows("object"),
    }
}

fn in_range(leaf: &Leaf, value: &Value) -> bool {
    let Some(number) = value.as_f64() else { return true };
    leaf.min.is_none_or(|min| number >= min) && leaf.max.is_none_or(|max| number <= max)
}

fn in_size(leaf: &Leaf, value: &Value) -> bool {
    let (size, min, max) = match value {
        Value::String(text) => (text.chars().count() as u64, leaf.min_length, leaf.max_length),
        Value::Array(items) => (items.len() as u64, leaf.min_items, leaf.max_items),
        _ => return true,
    };
    min.is_none_or(|min| size >= min) && max.is_none_or(|max| size <= max)
}

/// Did you mean, for a word among words. Not for a secret: a near miss would tell much of it.
fn suggestion(leaf: &Leaf, value: &Value) -> String {
    let words = leaf.choices.iter().filter_map(Value::as_str);
    let word = value.as_str().filter(|_| !leaf.secret);
    let near = word.and_then(|word| closest(word, words));
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}
