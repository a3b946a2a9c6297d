//! Methods as a closed set.

use axum::http::Method;

use super::bounded::OTHER;

/// Methods that metrics know by name (OpenTelemetry, `http.request.method`): those of RFC 9110, section 9.3, and PATCH
/// (RFC 5789). Whatever else a client makes up is the last one.
pub(super) const METHODS: [&str; 10] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", OTHER];

/// The place of a method in [`METHODS`].
pub(crate) fn place(method: &Method) -> usize {
    match *method {
        Method::GET => 0,
        Method::HEAD => 1,
        Method::POST => 2,
        Method::PUT => 3,
        Method::DELETE => 4,
        Method::CONNECT => 5,
        Method::OPTIONS => 6,
        Method::TRACE => 7,
        Method::PATCH => 8,
        _ => METHODS.len() - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_method_has_its_own_place_and_all_others_share_one() {
        for (expected, name) in METHODS.into_iter().enumerate() {
            assert_eq!(place(&name.parse().unwrap()), expected, "{name}");
        }
        for unknown in ["BREW", "get", "PROPFIND"] {
            assert_eq!(METHODS[place(&unknown.parse().unwrap())], OTHER, "{unknown}");
        }
    }
}
