//! `X-Forwarded-For`, with `X-Forwarded-Proto` and `X-Forwarded-Host`: no standard, but what most proxies write.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

use super::{Hop, MAX_BYTES, is_secure, node};

static X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
static X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
static X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");

/// The hops from the right; `None` is one that cannot be read. Proxies either add an entry to all three fields, or
/// replace proto and host: entries belong together by their place from the right, and a single one to every hop.
pub(in super::super) fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<Hop<'_>>> {
    entries(headers, &X_FORWARDED_FOR).enumerate().map(|(place, entry)| {
        let address = node::parse_loose(entry?)?;
        let proto = belonging(headers, &X_FORWARDED_PROTO, place);
        let host = belonging(headers, &X_FORWARDED_HOST, place).filter(|host| !host.is_empty());
        Some(Hop { address: Some(address), secure: proto.and_then(is_secure), host: host.map(Cow::Borrowed) })
    })
}

/// The entry of a hop, counted from the right.
fn belonging<'h>(headers: &'h HeaderMap, name: &'static HeaderName, place: usize) -> Option<&'h str> {
    let mut all = entries(headers, name);
    let last = all.next()?;
    match all.next() {
        None => last,
        Some(_) if place == 0 => last,
        Some(second) => std::iter::once(second).chain(all).nth(place - 1)?,
    }
}

/// The entries of a field, or of several as one list, from the right; `None` is one that is not ASCII.
fn entries<'h>(headers: &'h HeaderMap, name: &'static HeaderName) -> impl Iterator<Item = Option<&'h str>> {
    let mut looked_at = 0;
    headers
        .get_all(name)
        .iter()
        .rev()
        .flat_map(|field| field.as_bytes().rsplit(|byte| *byte == b','))
        .take_while(move |entry| {
            looked_at += entry.len() + 1;
            looked_at <= MAX_BYTES
        })
        .map(|entry| {
            Some(entry).filter(|entry| entry.is_ascii()).and_then(|entry| std::str::from_utf8(entry).ok())
        })
        .map(|entry| entry.map(|entry| entry.trim_matches([' ', '\t'])))
}
