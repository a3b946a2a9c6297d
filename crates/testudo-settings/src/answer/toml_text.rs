//! Values as TOML writes them, on one line.

use serde_json::Value;

use crate::key::written;

/// A value in TOML, on one line. It may be a secret: redact it first.
pub(crate) fn toml_value(value: &Value) -> String {
    match value {
        // The escapes of JSON are escapes of TOML; DEL is the one character that only TOML escapes.
        Value::String(_) => value.to_string().replace('\u{7f}', "\\u007F"),
        Value::Array(items) => format!("[{}]", items.iter().map(toml_value).collect::<Vec<_>>().join(", ")),
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let member =
                |(name, value): (&String, &Value)| format!("{} = {}", written(name), toml_value(value));
            format!("{{ {} }}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}
