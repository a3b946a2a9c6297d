//! From the texts of variables, secret files and flags to values.

use serde_json::{Number, Value};

use super::Leaf;

/// The value that a text stands for at this place. A text that is nothing else stays a text, and is then refused by
/// the rules of the place if it does not fit.
pub(crate) fn coerce(leaf: &Leaf, text: &str) -> Value {
    let word = text.trim();
    if leaf.allows("boolean") && !leaf.types.is_empty() && (word == "true" || word == "false") {
        return Value::Bool(word == "true");
    }
    if (leaf.allows("integer") || leaf.allows("number")) && !leaf.types.is_empty() {
        if let Ok(integer) = word.parse::<i64>() {
            return Value::Number(integer.into());
        }
        if let Ok(integer) = word.parse::<u64>() {
            return Value::Number(integer.into());
        }
    }
    if leaf.allows("number")
        && !leaf.types.is_empty()
        && let Some(number) = word.parse().ok().and_then(Number::from_f64)
    {
        return Value::Number(number);
    }
    if leaf.allows("array") && !leaf.types.is_empty() {
        return list(leaf, word).unwrap_or_else(|| Value::String(text.to_owned()));
    }
    if leaf.allows("object")
        && word.starts_with('{')
        && let Some(table) = toml(word)
    {
        return table;
    }
    Value::String(text.to_owned())
}

/// A TOML array, or items between commas.
fn list(leaf: &Leaf, word: &str) -> Option<Value> {
    if word.starts_with('[') {
        return toml(word);
    }
    if word.is_empty() {
        return Some(Value::Array(Vec::new()));
    }
    let any = Leaf::default();
    let items = leaf.items.as_deref().unwrap_or(&any);
    Some(word.split(',').map(|item| coerce(items, item.trim())).collect())
}

fn toml(word: &str) -> Option<Value> {
    let parsed = toml::de::DeValue::parse(word).ok()?;
    crate::layer::toml_to_json(parsed.get_ref()).ok()
}
