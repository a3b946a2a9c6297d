//! Whom a request came from: an address, with or without a port.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What `for` says (RFC 7239, section 6).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// An address.
    Address(IpAddr),
    /// `unknown`, or a name that the proxy has made up.
    Hidden,
}

/// Takes apart a node as `Forwarded` has it: `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]`, `unknown`, `_hidden`.
pub(super) fn parse(text: &str) -> Option<Node> {
    let (name, port) = match text.rfind(']') {
        Some(end) => text.split_at(end + 1),
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    if !is_port(port) {
        return None;
    }
    if name.eq_ignore_ascii_case("unknown") || is_obfuscated(name) {
        return Some(Node::Hidden);
    }
    match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(name) => name.parse().ok().map(|address: Ipv6Addr| Node::Address(address.to_canonical())),
        None => name.parse().ok().map(|address: Ipv4Addr| Node::Address(address.into())),
    }
}

/// Takes apart an entry of `X-Forwarded-For`, which has no grammar: also a bare IPv6 address is one.
pub(super) fn parse_loose(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    match parse(text)? {
        Node::Address(address) => Some(address),
        Node::Hidden => None,
    }
}

/// `_` and more of letters, digits and `._-` (RFC 7239, section 6.3).
fn is_obfuscated(text: &str) -> bool {
    text.strip_prefix('_').is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    })
}

/// Nothing, or a colon and one to five digits or an obfuscated port (RFC 7239, section 6).
fn is_port(text: &str) -> bool {
    let Some(port) = text.strip_prefix(':') else { return text.is_empty() };
    let is_number = (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    is_number || is_obfuscated(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_taken_apart_by_their_grammar() {
        let address = |text: &str| Some(Node::Address(text.parse().unwrap()));
        let cases = [
            ("192.0.2.1", address("192.0.2.1")),
            ("192.0.2.1:4711", address("192.0.2.1")),
            ("192.0.2.1:_port", address("192.0.2.1")),
            ("[2001:db8::1]", address("2001:db8::1")),
            ("[2001:DB8::1]:4711", address("2001:db8::1")),
            ("[::ffff:192.0.2.1]", address("192.0.2.1")),
            ("unknown", Some(Node::Hidden)),
            ("UNKNOWN", Some(Node::Hidden)),
            ("unknown:80", Some(Node::Hidden)),
            ("_hidden", Some(Node::Hidden)),
            ("_SEVKISEK", Some(Node::Hidden)),
            ("_a.b-c_d:80", Some(Node::Hidden)),
            ("", None),
            ("_", None),
            ("_a b", None),
            ("2001:db8::1", None),
            ("[192.0.2.1]", None),
            ("[2001:db8::1", None),
            ("2001:db8::1]", None),
            ("[fe80::1%eth0]", None),
            ("192.0.2.1:", None),
            ("192.0.2.1:123456", None),
            ("192.0.2.1:x", None),
            ("192.0.2", None),
            ("192.0.2.256", None),
            ("192.0.2.01", None),
            ("example.com", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
