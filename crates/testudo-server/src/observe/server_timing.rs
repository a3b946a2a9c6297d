//! What shields took, for the developer tools of a trusted caller.

use std::fmt::Write;

use axum::http::HeaderValue;
use testudo_core::ReportedShield;

/// Shields that are named. A header field is no place for more.
const MAX_SHIELDS: usize = 32;

/// The value of `Server-Timing` (W3C Server Timing, section 4): each shield, in order, with the milliseconds it took.
/// `None` if none ran.
///
/// A metric's name is a token (RFC 9110, section 5.6.2); other characters of a shield's name become `-`.
pub(crate) fn server_timing(shields: &[ReportedShield]) -> Option<HeaderValue> {
    let timings = shields.iter().map(|shield| (shield.name.as_ref(), shield.duration.as_micros()));
    value(timings)
}

fn value<'a>(timings: impl IntoIterator<Item = (&'a str, u128)>) -> Option<HeaderValue> {
    let mut out = String::new();
    for (name, micros) in timings.into_iter().take(MAX_SHIELDS) {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.extend(name.chars().map(|c| if is_token(c) { c } else { '-' }));
        if name.is_empty() {
            out.push('-');
        }
        // Writing to a string does not fail.
        let _ = write!(out, ";dur={}.{:03}", micros / 1_000, micros % 1_000);
    }
    if out.is_empty() { None } else { HeaderValue::try_from(out).ok() }
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shields_are_named_by_tokens_with_their_milliseconds() {
        for (timings, expected) in [
            (vec![], None),
            (vec![("API Token", 12)], Some("API-Token;dur=0.012")),
            (vec![("a", 1_500), ("b", 0)], Some("a;dur=1.500, b;dur=0.000")),
            (vec![("x;y,\r\n\"z\" é", 1)], Some("x-y----z---;dur=0.001")),
            (vec![("", 1)], Some("-;dur=0.001")),
        ] {
            let got = value(timings.clone());
            assert_eq!(got.as_ref().map(HeaderValue::as_bytes), expected.map(str::as_bytes), "{timings:?}");
        }
    }

    #[test]
    fn the_field_is_of_bounded_length() {
        let got = value(std::iter::repeat_n(("shield", 1), 1_000)).unwrap();
        assert_eq!(got.to_str().unwrap().split(", ").count(), MAX_SHIELDS);
    }
}
