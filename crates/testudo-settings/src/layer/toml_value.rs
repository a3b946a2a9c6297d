//! From TOML to the values of the configuration.

use serde_json::{Number, Value};
use toml::de::{DeInteger, DeValue};

/// A TOML value as JSON. Dates become texts.
///
/// # Errors
///
/// Numbers that are not finite, or that 64 bits do not hold. The message does not hold the number.
pub(crate) fn toml_to_json(value: &DeValue<'_>) -> Result<Value, String> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(integer) => Value::Number(to_integer(integer)?),
        DeValue::Float(float) => {
            let number = float.as_str().parse().ok().and_then(Number::from_f64);
            Value::Number(number.ok_or_else(|| "expected a finite number".to_owned())?)
        }
        DeValue::Boolean(boolean) => Value::Bool(*boolean),
        DeValue::Datetime(date) => Value::String(date.to_string()),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| toml_to_json(item.get_ref())).collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => {
            let member =
                |(key, value): (&toml::Spanned<std::borrow::Cow<'_, str>>, &toml::Spanned<DeValue<'_>>)| {
                    Ok((key.get_ref().to_string(), toml_to_json(value.get_ref())?))
                };
            Value::Object(table.iter().map(member).collect::<Result<_, String>>()?)
        }
    })
}

fn to_integer(integer: &DeInteger<'_>) -> Result<Number, String> {
    let signed = i64::from_str_radix(integer.as_str(), integer.radix()).map(Number::from);
    let unsigned = || u64::from_str_radix(integer.as_str(), integer.radix()).map(Number::from);
    signed.or_else(|_| unsigned()).map_err(|_| "expected an integer of at most 64 bits".to_owned())
}
