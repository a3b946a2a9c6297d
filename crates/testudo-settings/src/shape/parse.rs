//! From JSON Schema (2020-12) to shapes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Kind, Leaf, Node};

/// The shape that a schema describes.
pub(crate) fn parse(schema: &Value, required: bool) -> Node {
    let inner = without_null(schema);
    let kind = kind(inner);
    let doc = [schema, inner].into_iter().find_map(|schema| schema["description"].as_str());
    Node {
        doc: prose(doc.unwrap_or_default()),
        default: schema.get("default").filter(|default| !default.is_null()).cloned(),
        required,
        nullable: allows_null(schema),
        kind,
    }
}

fn kind(schema: &Value) -> Kind {
    if let Some(properties) = schema["properties"].as_object()
        && !is_union(schema)
    {
        let required = |name: &str| list(&schema["required"]).iter().any(|required| required == name);
        let child = |(name, schema): (&String, &Value)| (name.clone(), parse(schema, required(name)));
        return Kind::Table(properties.iter().map(child).collect());
    }
    let is_object = types(schema).iter().any(|name| name == "object") && !is_union(schema);
    match &schema["additionalProperties"] {
        Value::Bool(false) if is_object => Kind::Table(BTreeMap::new()),
        values @ Value::Object(_) if is_object && schema.get("patternProperties").is_none() => {
            Kind::Map(Box::new(parse(values, false)))
        }
        // `()`: a service that has no settings of its own.
        _ if schema["type"] == "null" => Kind::Table(BTreeMap::new()),
        // A struct without fields.
        Value::Null if is_object && schema.get("patternProperties").is_none() => Kind::Table(BTreeMap::new()),
        _ => Kind::Leaf(leaf(schema)),
    }
}

fn leaf(schema: &Value) -> Leaf {
    let number = |name: &str| schema[name].as_f64();
    let count = |name: &str| schema[name].as_u64();
    let mut leaf = Leaf {
        types: types(schema),
        format: schema["format"].as_str().map(str::to_owned),
        min: number("minimum"),
        max: number("maximum"),
        min_length: count("minLength"),
        max_length: count("maxLength"),
        min_items: count("minItems"),
        max_items: count("maxItems"),
        choices: choices(schema).unwrap_or_default(),
        items: schema["items"].is_object().then(|| Box::new(self::leaf(without_null(&schema["items"])))),
        secret: holds_secret(schema),
    };
    // schemars writes the range of the small integers only.
    if leaf.max.is_none() && leaf.format.as_deref() == Some("uint32") {
        leaf.max = Some(f64::from(u32::MAX));
    }
    if leaf.format.as_deref() == Some("int32") {
        leaf.min = leaf.min.or(Some(f64::from(i32::MIN)));
        leaf.max = leaf.max.or(Some(f64::from(i32::MAX)));
    }
    leaf
}

/// The values of an enumeration without fields; nothing for other schemas.
fn choices(schema: &Value) -> Option<Vec<Value>> {
    if let Some(only) = schema.get("const") {
        return Some(vec![only.clone()]);
    }
    if let Some(values) = schema["enum"].as_array() {
        return Some(values.iter().filter(|value| !value.is_null()).cloned().collect());
    }
    let branches = schema["oneOf"].as_array()?;
    let values: Option<Vec<Vec<Value>>> = branches.iter().map(choices).collect();
    values.map(|values| values.concat())
}

/// Whether anything in it is write-only. A value is hidden as a whole: what is nested in it cannot be told apart safely.
fn holds_secret(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.get("writeOnly") == Some(&Value::Bool(true)) || members.values().any(holds_secret)
        }
        Value::Array(members) => members.iter().any(holds_secret),
        _ => false,
    }
}

fn is_union(schema: &Value) -> bool {
    ["oneOf", "anyOf", "allOf", "$ref"].iter().any(|name| schema.get(name).is_some())
}

/// An `Option` of something whose schema is more than a type: `anyOf: [it, null]`.
fn without_null(schema: &Value) -> &Value {
    let is_null = |branch: &&Value| branch["type"] == "null";
    match schema["anyOf"].as_array().map(Vec::as_slice) {
        Some([one, null]) if is_null(&null) => one,
        _ => match schema["allOf"].as_array().map(Vec::as_slice) {
            Some([one]) => one,
            _ => schema,
        },
    }
}

fn allows_null(schema: &Value) -> bool {
    let by_branch = schema["anyOf"].as_array().is_some_and(|all| all.iter().any(|one| one["type"] == "null"));
    let by_value = schema["enum"].as_array().is_some_and(|all| all.iter().any(Value::is_null));
    by_branch || by_value || schema["type"].as_array().is_some_and(|all| all.iter().any(|one| one == "null"))
}

/// Its types, but for null; those of its choices where it names none.
fn types(schema: &Value) -> Vec<String> {
    let named = list(&schema["type"]);
    let of_branches = || {
        let branches = schema["oneOf"].as_array();
        let all: Vec<String> =
            branches.into_iter().flatten().flat_map(|branch| list(&branch["type"])).collect();
        all
    };
    let mut types = if named.is_empty() { of_branches() } else { named };
    types.sort();
    types.dedup();
    types.retain(|name| name != "null");
    types
}

fn list(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(all) => all.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A doc comment up to its first example.
fn prose(doc: &str) -> String {
    doc.split("```").next().unwrap_or_default().trim().to_owned()
}
