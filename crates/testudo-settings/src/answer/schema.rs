//! The JSON Schema (2020-12) of the configuration file, for editors.

use serde_json::{Map, Value, json};

use crate::{
    environment::Environment,
    sections::{Reloadable, Settings},
    shape::schema_of,
    shapes::{APP, Shapes},
};

/// The schema of the file, sorted. Nothing is required: what the file does not say, a variable may.
pub(crate) fn schema(shapes: &Shapes) -> Value {
    let mut definitions = Map::new();
    let (mut root, mut overlay) = (Map::new(), Map::new());
    let mut place = |name: &str, schema: Value, definitions: &mut Map<String, Value>| {
        let reference = json!({ "$ref": format!("#/$defs/{name}") });
        definitions.insert(name.to_owned(), schema);
        root.insert(name.to_owned(), reference.clone());
        if name != "environment" {
            overlay.insert(name.to_owned(), reference);
        }
    };
    let settings = schema_of::<Settings>().to_value();
    for (name, section) in settings["properties"].as_object().into_iter().flatten() {
        place(name, ours(name, section.clone()), &mut definitions);
    }
    place(APP, foreign(shapes.app_schema.clone(), &mut definitions), &mut definitions);
    for kind in &shapes.kinds {
        let section = foreign(kind.schema.clone(), &mut definitions);
        // A name may have parts, each a table.
        let names = json!({ "anyOf": [section, { "$ref": format!("#/$defs/{}", kind.kind) }] });
        place(kind.kind, json!({ "type": "object", "additionalProperties": names }), &mut definitions);
    }
    let reference = json!({ "$ref": "#/$defs/overlay" });
    let environments: Map<String, Value> = Environment::ALL
        .map(|environment| (environment.as_str().to_owned(), reference.clone()))
        .into_iter()
        .collect();
    definitions.insert("overlay".to_owned(), table("The settings of one environment.", overlay));
    root.insert(
        "environments".to_owned(),
        table("Settings that hold in one environment only.", environments),
    );
    let mut schema = table(prose(settings["description"].as_str().unwrap_or_default()), root);
    schema["$schema"] = settings["$schema"].clone();
    schema["title"] = "testudo.toml".into();
    schema["$defs"] = Value::Object(definitions);
    schema.sort_all_objects();
    schema
}

fn table(description: &str, properties: impl Into<Value>) -> Value {
    json!({
        "type": "object",
        "description": description,
        "properties": properties.into(),
        "additionalProperties": false,
    })
}

fn ours(name: &str, mut section: Value) -> Value {
    tidy(&mut section);
    if Reloadable::SECTIONS.contains(&name) {
        section["x-reloadable"] = true.into();
    }
    section
}

/// A schema from elsewhere, whose own definitions (of recursive types) move to ours.
fn foreign(mut schema: Value, definitions: &mut Map<String, Value>) -> Value {
    if schema["type"] == "null" {
        return table("This service has no settings of its own.", Map::new());
    }
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
        members.remove("title");
        if let Some(Value::Object(own)) = members.remove("$defs") {
            definitions.extend(own);
        }
    }
    tidy(&mut schema);
    schema
}

/// Tables refuse what they do not know, need nothing, and are described without examples for programmers.
fn tidy(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let is_table = members.contains_key("properties");
    if is_table {
        members.remove("required");
        members.remove("default");
        members.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    if let Some(Value::String(description)) = members.get_mut("description") {
        *description = prose(description).to_owned();
    }
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.values_mut().for_each(tidy);
    }
    for name in ["additionalProperties", "items"] {
        members.get_mut(name).into_iter().for_each(describe);
    }
    for name in ["anyOf", "oneOf", "allOf"] {
        members.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().for_each(describe);
    }
}

/// Descriptions only: what is inside a list or one of several forms keeps its rules.
fn describe(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(description) if name == "description" => {
                        *description = prose(description).to_owned();
                    }
                    other => describe(other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(describe),
        _ => {}
    }
}

fn prose(description: &str) -> &str {
    description.split("```").next().unwrap_or_default().trim()
}
