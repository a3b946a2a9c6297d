//! JSON in which no member is there twice.

use std::{collections::HashSet, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

/// The object that these bytes are, and nothing where they are no object, or where a member is there twice at any
/// depth: two readers of such a text may understand it differently (RFC 7519, section 4; RFC 8725, section 2.4).
pub(super) fn object(bytes: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice::<Unambiguous>(bytes).ok()?;
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// Any JSON without members that are there twice.
struct Unambiguous;

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Once).map(|()| Self)
    }
}

#[derive(Clone, Copy)]
struct Once;

impl<'de> DeserializeSeed<'de> for Once {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON whose members have different names")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !names.insert(name) {
                return Err(A::Error::custom("a member is there twice"));
            }
            members.next_value_seed(self)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_object_without_doubt() {
        for (name, text, is_one) in [
            ("empty", "{}", true),
            (
                "all kinds of values",
                r#"{"a":null,"b":true,"c":-1,"d":1.5,"e":"x","f":[1,{"a":2}],"g":{"a":3}}"#,
                true,
            ),
            ("one name at two depths", r#"{"a":{"a":1}}"#, true),
            ("twice", r#"{"a":1,"a":1}"#, false),
            ("twice, once escaped", r#"{"a":1,"\u0061":2}"#, false),
            ("twice, deeper", r#"{"b":{"a":1,"a":2}}"#, false),
            ("twice, in a list", r#"{"b":[{"a":1,"a":2}]}"#, false),
            ("no object", "[]", false),
            ("a text", r#""a""#, false),
            ("something behind it", "{}x", false),
            ("a second one", "{}{}", false),
            ("nothing", "", false),
            ("a byte order mark", "\u{feff}{}", false),
            ("too large a number", r#"{"a":1e999}"#, false),
        ] {
            assert_eq!(object(text.as_bytes()).is_some(), is_one, "{name}");
        }
        assert!(object(b"{\"a\":\"\xff\"}").is_none(), "no UTF-8");
        assert!(object("[".repeat(100_000).as_bytes()).is_none(), "depth");
    }
}
