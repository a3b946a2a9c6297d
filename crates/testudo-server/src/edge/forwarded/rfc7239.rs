//! `Forwarded` (RFC 7239), read from the right.
//!
//! Read from the left, an opening quote that a client has sent would swallow what proxies add behind it. From the
//! right, what a proxy has written is understood before anything in front of it is looked at: its closing quotes
//! have their opening ones in its own entry, behind a `=`.

use std::borrow::Cow;

use http::{HeaderMap, header};

use super::{
    Hop, MAX_BYTES, is_secure,
    node::{self, Node},
};

/// The hops from the right; `None` is one that cannot be read.
pub(in super::super) fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<Hop<'_>>> {
    let mut looked_at = 0;
    headers
        .get_all(header::FORWARDED)
        .iter()
        .rev()
        .flat_map(|field| FromRight { rest: Some(field.as_bytes()), separator: b',' })
        .take_while(move |element| {
            looked_at += element.map_or(1, |element| element.len() + 1);
            looked_at <= MAX_BYTES
        })
        .filter(|element| element.is_none_or(|element| !element.trim_ascii().is_empty()))
        .map(|element| parse_element(element?))
}

/// The parts of a list, from the right, as long as their quotes match. The last is `None` if they do not.
struct FromRight<'h> {
    rest: Option<&'h [u8]>,
    separator: u8,
}

impl<'h> Iterator for FromRight<'h> {
    type Item = Option<&'h [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.take()?;
        let mut at = rest.len();
        while at > 0 {
            at -= 1;
            if rest[at] == self.separator {
                self.rest = Some(&rest[..at]);
                return Some(Some(&rest[at + 1..]));
            }
            if rest[at] == b'"' {
                let Some(opening) = opening_quote(&rest[..at]) else { return Some(None) };
                at = opening;
            }
        }
        Some(Some(rest))
    }
}

/// Where the quoted string begins that ends behind these bytes: at the nearest quote that no odd number of
/// backslashes escapes (RFC 9110, section 5.6.4).
fn opening_quote(before: &[u8]) -> Option<usize> {
    let mut end = before.len();
    loop {
        let quote = before[..end].iter().rposition(|byte| *byte == b'"')?;
        if trailing_backslashes(&before[..quote]).is_multiple_of(2) {
            return Some(quote);
        }
        end = quote;
    }
}

fn trailing_backslashes(bytes: &[u8]) -> usize {
    bytes.iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// `for=192.0.2.1;proto=https;host=example.com` (RFC 7239, section 4). Each parameter occurs once; unknown ones are
/// extensions and say nothing here.
fn parse_element(element: &[u8]) -> Option<Hop<'_>> {
    let mut hop = Hop { address: None, secure: None, host: None };
    let (mut has_for, mut has_proto, mut has_host) = (false, false, false);
    for pair in (FromRight { rest: Some(element), separator: b';' }) {
        let pair = pair?.trim_ascii();
        if pair.is_empty() {
            continue;
        }
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (&pair[..equals], parse_value(&pair[equals + 1..])?);
        if !is_token(name) {
            return None;
        }
        let seen = match name {
            name if name.eq_ignore_ascii_case(b"for") => {
                hop.address = match node::parse(&value)? {
                    Node::Address(address) => Some(address),
                    Node::Hidden => None,
                };
                &mut has_for
            }
            name if name.eq_ignore_ascii_case(b"proto") => {
                hop.secure = is_secure(&value);
                &mut has_proto
            }
            name if name.eq_ignore_ascii_case(b"host") => {
                hop.host = Some(value).filter(|host| !host.is_empty());
                &mut has_host
            }
            _ => continue,
        };
        if std::mem::replace(seen, true) {
            return None;
        }
    }
    Some(hop)
}

/// A token, or what a quoted string stands for; copied only if something in it is escaped.
fn parse_value(value: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(value).ok().filter(|text| text.is_ascii())?;
    let Some(inner) = text.strip_prefix('"') else {
        return is_token(value).then_some(Cow::Borrowed(text));
    };
    let inner = inner.strip_suffix('"')?;
    if !inner.contains('\\') {
        return (!inner.contains('"')).then_some(Cow::Borrowed(inner));
    }
    let mut unescaped = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => unescaped.push(characters.next()?),
            '"' => return None,
            _ => unescaped.push(character),
        }
    }
    Some(Cow::Owned(unescaped))
}

/// RFC 9110, section 5.6.2.
fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}
