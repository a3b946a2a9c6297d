//! From values to types, with the place of what did not fit.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Name(String),
    Item(usize),
}

/// Why a value does not fit a type. The message may hold the value.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) path: Vec<Step>,
    pub(crate) message: String,
}

/// Reads a value as a type.
pub(crate) fn read<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let step = |segment: &Segment| match segment {
            Segment::Map { key } => Some(Step::Name(key.clone())),
            Segment::Seq { index } => Some(Step::Item(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        let path = error.path().iter().map_while(step).collect();
        Fault { path, message: error.into_inner().to_string() }
    })
}

/// Reads a service's own section. A service without settings may say so with `()`.
pub(crate) fn read_app<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    let is_empty = value.as_object().is_some_and(serde_json::Map::is_empty);
    let fault = match read(value) {
        Ok(app) => return Ok(app),
        Err(fault) => fault,
    };
    if is_empty && fault.path.is_empty() { read(Value::Null).map_err(|_| fault) } else { Err(fault) }
}
