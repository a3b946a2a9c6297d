//! One part of a request that does not fit.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

/// Where in a request something did not fit.
///
/// ```
/// use testudo_core::Place;
///
/// assert_eq!(Place::Query.as_str(), "query");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A parameter of the path.
    Path,
    /// A parameter of the query.
    Query,
    /// A header field.
    Header,
    /// The content.
    Body,
}

impl Place {
    /// The word sent to clients, which is the one `OpenAPI` uses for parameters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
        }
    }
}

/// An entry of a problem's `errors`: the place, the field and what is wrong with it.
///
/// Fields of the content also carry a JSON pointer in the fragment form that RFC 9457 (section 3) uses.
///
/// ```
/// use testudo_core::{FieldError, Place, Problem};
///
/// let price = FieldError::new(Place::Body, "items.0.price", "must not be negative");
/// let problem = Problem::unprocessable("the order does not fit").errors([price]);
/// let body = serde_json::to_value(&problem).unwrap();
/// assert_eq!(body["errors"][0]["pointer"], "#/items/0/price");
/// assert_eq!(body["errors"][0]["in"], "body");
/// ```
#[derive(Debug, Clone)]
#[must_use = "an entry belongs into `Problem::errors`"]
pub struct FieldError {
    place: Place,
    name: String,
    detail: Cow<'static, str>,
    position: Option<(usize, usize)>,
}

impl FieldError {
    /// The field `name` (dotted for nested ones, empty for the whole) in `place` is wrong as `detail` says.
    pub fn new(place: Place, name: impl Into<String>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { place, name: name.into(), detail: detail.into(), position: None }
    }

    /// Adds the line and column, both from 1, at which the content stops making sense.
    ///
    /// ```
    /// # use testudo_core::{FieldError, Place, Problem};
    /// let broken = FieldError::new(Place::Body, "", "expected `,`").at(3, 14);
    /// let body = serde_json::to_value(Problem::bad_request("no JSON").errors([broken])).unwrap();
    /// assert_eq!((&body["errors"][0]["line"], &body["errors"][0]["column"]), (&3.into(), &14.into()));
    /// ```
    pub fn at(mut self, line: usize, column: usize) -> Self {
        // The end of the content is before its first column.
        self.position = Some((line.max(1), column.max(1)));
        self
    }

    pub(crate) fn into_value(self) -> Value {
        let mut entry = Map::new();
        entry.insert("in".into(), self.place.as_str().into());
        if self.place == Place::Body {
            entry.insert("pointer".into(), pointer(&self.name).into());
        }
        if !self.name.is_empty() {
            entry.insert("name".into(), self.name.into());
        }
        if let Some((line, column)) = self.position {
            entry.insert("line".into(), json!(line));
            entry.insert("column".into(), json!(column));
        }
        entry.insert("detail".into(), self.detail.into());
        Value::Object(entry)
    }
}

/// `items.0.price` or `items[0].price` as a JSON pointer in its fragment form (RFC 6901, section 6).
fn pointer(name: &str) -> String {
    let mut pointer = String::from("#");
    for step in name.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_names_become_pointers() {
        for (name, expected) in
            [("", "#"), ("price", "#/price"), ("items[2].price", "#/items/2/price"), ("a/b", "#/a~1b")]
        {
            assert_eq!(pointer(name), expected, "{name}");
        }
    }
}
