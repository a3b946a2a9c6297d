//! The header fields of every response, refusals and panics included.
//!
//! Most of them are the same in every response. A map of these is made once and cloned, which is far less work than
//! adding one after the other. Where a handler has set a field that takes part in a decision, or the request is a
//! special one, the fields are added one by one, and that is what every map of fields is equal to.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use testudo_core::RequestId;

use super::Edge;
use crate::edge::{Cors, Decision, Nonce, SecurityHeaders, X_REQUEST_ID};

/// Header fields that a response usually gets: an id, a preset, and what caches are told.
const FIELDS_ADDED: usize = 10;

/// Fields that most handlers set. They have their places in the ready map, so that it has not to grow.
static USUAL: [HeaderName; 2] = [header::CONTENT_TYPE, header::CONTENT_LENGTH];

/// What is known of the request that is answered.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) id: &'a RequestId,
    pub(super) cors: &'a Decision,
    pub(super) nonce: Option<&'a Nonce>,
    /// Whether the client spoke TLS.
    pub(super) secure: bool,
}

/// The fields of a response about which nothing is special.
#[derive(Debug)]
pub(super) struct Ready {
    secure: HeaderMap,
    in_the_clear: HeaderMap,
}

impl Ready {
    pub(super) fn new(cors: &Cors, headers: &SecurityHeaders) -> Self {
        let fields = |secure| {
            // With room in its index: a full map grows even when the value of a field it has is replaced.
            let mut fields = HeaderMap::with_capacity(2 * FIELDS_ADDED);
            for name in [X_REQUEST_ID].into_iter().chain(USUAL.clone()) {
                fields.insert(name, HeaderValue::from_static(""));
            }
            cors.apply(&Decision::None, &mut fields);
            headers.apply(StatusCode::OK, &mut fields, secure, None);
            fields
        };
        Self { secure: fields(true), in_the_clear: fields(false) }
    }
}

impl Edge {
    /// Adds to a handler's fields what every response has, and takes away what none has.
    pub(super) fn complete(&self, status: StatusCode, fields: &mut HeaderMap, asked: Asked<'_>) {
        if self.is_ordinary(status, fields, asked) {
            self.complete_ready(fields, asked);
        } else {
            self.complete_one_by_one(status, fields, asked);
        }
    }

    /// Whether nothing that the handler or the client has said changes any of the ready fields.
    fn is_ordinary(&self, status: StatusCode, fields: &HeaderMap, asked: Asked<'_>) -> bool {
        let is_looked_at = |name| self.cors.looks_at(name) || self.headers.looks_at(name);
        status != StatusCode::NOT_MODIFIED
            && asked.nonce.is_none()
            && fields.keys_len() == fields.len()
            && matches!(asked.cors, Decision::None | Decision::Actual(_))
            && fields.keys().all(|name| USUAL.contains(name) || !is_looked_at(name))
    }

    fn complete_ready(&self, fields: &mut HeaderMap, asked: Asked<'_>) {
        let ready = if asked.secure { &self.ready.secure } else { &self.ready.in_the_clear };
        let own = std::mem::replace(fields, ready.clone());
        let mut usual = [const { None }; USUAL.len()];
        for (name, value) in own {
            // Every field has one value.
            let Some(name) = name else { continue };
            match USUAL.iter().position(|usual| *usual == name) {
                Some(place) => usual[place] = Some(value),
                None => drop(fields.insert(name, value)),
            }
        }
        // Their places are the first ones, in this order: nothing has to be looked up.
        let mut places = fields.values_mut();
        if let Some(place) = places.next() {
            *place = asked.id.to_header_value();
        }
        let is_unset = usual.each_ref().map(Option::is_none);
        for (value, place) in usual.into_iter().zip(places) {
            if let Some(value) = value {
                *place = value;
            }
        }
        for (name, is_unset) in USUAL.iter().zip(is_unset) {
            if is_unset {
                fields.remove(name);
            }
        }
        self.cors.grant(asked.cors, fields);
    }

    fn complete_one_by_one(&self, status: StatusCode, fields: &mut HeaderMap, asked: Asked<'_>) {
        // At once, and not bit by bit.
        fields.reserve(FIELDS_ADDED);
        fields.insert(X_REQUEST_ID, asked.id.to_header_value());
        self.cors.apply(asked.cors, fields);
        self.headers.apply(status, fields, asked.secure, asked.nonce);
    }
}

#[cfg(test)]
mod tests {
    use http::Method;
    use proptest::{collection::vec, prelude::*, sample::select};
    use testudo_settings::{Environment, HeaderPreset, Settings};

    use super::*;

    /// Fields of handlers: usual ones, those that decisions look at, and others.
    const OWN: [(&str, &str); 24] = [
        ("content-type", "application/json"),
        ("content-type", "text/html"),
        ("content-length", "7"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("location", "/"),
        ("x-own", "1"),
        ("x-own", "2"),
        ("x-request-id", "another"),
        ("vary", "accept"),
        ("vary", "origin"),
        ("x-content-type-options", "none"),
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "unsafe-url"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("permissions-policy", "camera=(self)"),
        ("content-security-policy", "default-src 'self'"),
        ("cache-control", "max-age=60"),
        ("etag", "\"1\""),
        ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("strict-transport-security", "max-age=99999999"),
        ("x-xss-protection", "1"),
        ("x-powered-by", "Express"),
        ("access-control-allow-origin", "*"),
    ];

    /// With one origin, or none.
    fn edge(preset: HeaderPreset, origin: &str) -> Edge {
        let mut settings = Settings::new(Environment::Test).reloadable();
        settings.headers.preset = preset;
        settings.cors.origins =
            Some(origin.to_owned()).into_iter().filter(|origin| !origin.is_empty()).collect();
        settings.cors.expose = vec!["retry-after".to_owned()];
        Edge::from_settings(&settings).unwrap()
    }

    /// Every value by its field; the order of fields with different names says nothing (RFC 9110, section 5.3).
    fn sorted(fields: &HeaderMap) -> Vec<(String, Vec<HeaderValue>)> {
        let mut all: Vec<_> = fields
            .keys()
            .map(|name| (name.to_string(), fields.get_all(name).iter().cloned().collect()))
            .collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    proptest! {
        #[test]
        fn a_response_has_the_same_fields_whichever_way_they_are_added(
            own in vec(select(&OWN[..]), 0..6),
            preset in select(&[HeaderPreset::Api, HeaderPreset::Html][..]),
            origin in select(&["", "*", "https://a.example"][..]),
            is_called_by_page in any::<bool>(),
            secure in any::<bool>(),
            status in select(&[StatusCode::OK, StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED][..]),
        ) {
            let edge = edge(preset, origin);
            let mut fields = HeaderMap::new();
            for (name, value) in own {
                fields.append(name, HeaderValue::from_static(value));
            }
            let mut request = HeaderMap::new();
            if is_called_by_page {
                request.insert(header::ORIGIN, HeaderValue::from_static("https://a.example"));
            }
            let cors = edge.cors.decide(&Method::GET, &request);
            let (id, nonce) = (RequestId::parse(b"r-7").unwrap(), edge.headers.nonce());
            let asked = Asked { id: &id, cors: &cors, nonce: nonce.as_ref(), secure };
            let mut expected = fields.clone();
            edge.complete_one_by_one(status, &mut expected, asked);
            edge.complete(status, &mut fields, asked);
            prop_assert_eq!(sorted(&fields), sorted(&expected));
        }
    }

    #[test]
    fn what_handlers_usually_set_takes_the_ready_fields_and_has_not_to_grow_them() {
        let edge = edge(HeaderPreset::Api, "https://a.example");
        let id = RequestId::parse(b"r-7").unwrap();
        for (secure, count) in [(true, 13), (false, 12)] {
            let asked = Asked { id: &id, cors: &Decision::None, nonce: None, secure };
            let mut fields = HeaderMap::new();
            for name in &USUAL {
                fields.insert(name, HeaderValue::from_static("7"));
            }
            assert!(edge.is_ordinary(StatusCode::OK, &fields, asked));
            edge.complete(StatusCode::OK, &mut fields, asked);
            let ready = if secure { &edge.ready.secure } else { &edge.ready.in_the_clear };
            assert_eq!((fields.len(), fields.capacity()), (count, ready.capacity()), "{secure}");
        }
    }
}
