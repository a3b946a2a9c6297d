//! A field's value, and what of a handler's stays in its place.

use http::{HeaderMap, HeaderName, HeaderValue, header::Entry};

/// A filter of old browsers that could be turned against a page; off is the only safe value.
pub(super) static X_XSS_PROTECTION: Field =
    Field::new(HeaderName::from_static("x-xss-protection"), "0", Stays::OneOf(&["0"]));

/// A field and its value.
#[derive(Debug)]
pub(super) struct Field {
    name: HeaderName,
    value: HeaderValue,
    stays: Stays,
}

/// What of a handler's stays.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stays {
    /// Any value.
    Anything,
    /// These values, in lower case, or a list of them.
    OneOf(&'static [&'static str]),
}

impl Field {
    pub(super) const fn new(name: HeaderName, value: &'static str, stays: Stays) -> Self {
        Self { name, value: HeaderValue::from_static(value), stays }
    }

    pub(super) fn is_named(&self, name: &HeaderName) -> bool {
        self.name == *name
    }

    /// Sets the value unless a handler has set one that may stay.
    pub(super) fn apply(&self, headers: &mut HeaderMap) {
        match headers.entry(&self.name) {
            Entry::Vacant(field) => {
                field.insert(self.value.clone());
            }
            Entry::Occupied(mut field) if !self.stays.allows(field.iter()) => {
                field.insert(self.value.clone());
            }
            Entry::Occupied(_) => {}
        }
    }

    /// Sets the value in place of one that may not stay, but adds no field.
    pub(super) fn apply_where_set(&self, headers: &mut HeaderMap) {
        if headers.contains_key(&self.name) {
            self.apply(headers);
        }
    }
}

impl Stays {
    /// Whether all of a field's values may stay: browsers differ in which part of a list they take.
    fn allows<'v>(self, mut values: impl Iterator<Item = &'v HeaderValue>) -> bool {
        let Self::OneOf(own) = self else { return true };
        values.all(|value| {
            value.as_bytes().split(|byte| *byte == b',').all(|member| {
                // A parameter, such as where to report, changes nothing.
                let value = member.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
                own.iter().any(|own| value.eq_ignore_ascii_case(own.as_bytes()))
            })
        })
    }
}
