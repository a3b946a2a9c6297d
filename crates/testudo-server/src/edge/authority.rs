//! `host[:port]`, as in `Host`, `:authority` and `X-Forwarded-Host` (RFC 3986, section 3.2; RFC 9110, section 7.2).

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Longest name and longest label of a name, in bytes (RFC 1035, section 2.3.4).
const NAME_MAX_BYTES: usize = 253;
const LABEL_MAX_BYTES: usize = 63;

/// A host and a port as a client has sent them. Two are equal if they name the same: case and a trailing dot of a name
/// do not matter, nor how an address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host<'a> {
    /// Name or address.
    pub(crate) name: HostName<'a>,
    /// The port, if one was written.
    pub(crate) port: Option<u16>,
}

/// A name or an address.
#[derive(Debug, Clone, Copy, Eq)]
pub(crate) enum HostName<'a> {
    /// Letters, digits, `-` and `_` in labels, without the trailing dot, in the case it was sent in.
    Name(&'a str),
    /// An address; an IPv4-mapped one is the IPv4 address.
    Address(IpAddr),
}

impl<'a> Host<'a> {
    /// Takes apart what is valid: no user, no percent-encoding, no empty label, no zone of an IPv6 address.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        let (name, port) = if let Some(rest) = text.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            (HostName::Address(address.to_canonical()), port)
        } else {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (HostName::parse(name)?, port)
        };
        // Digits may be missing behind the colon (RFC 3986, section 3.2.3).
        let port = if matches!(port, "" | ":") { None } else { Some(parse_port(port)?) };
        Some(Self { name, port })
    }
}

impl<'a> HostName<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let name = text.strip_suffix('.').unwrap_or(text);
        if !is_name(name) {
            return None;
        }
        Some(name.parse::<Ipv4Addr>().map_or(Self::Name(name), |address| Self::Address(address.into())))
    }
}

impl PartialEq for HostName<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Name(one), Self::Name(other)) => one.eq_ignore_ascii_case(other),
            (Self::Address(one), Self::Address(other)) => one == other,
            _ => false,
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            HostName::Name(name) => f.write_str(name)?,
            HostName::Address(IpAddr::V4(address)) => write!(f, "{address}")?,
            HostName::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
        }
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// Whether this is labels of letters, digits, `-` and `_`, separated by dots. An underscore is not for the internet
/// (RFC 952), but containers have such names.
pub(crate) fn is_name(name: &str) -> bool {
    let mut label = 0;
    for byte in name.bytes() {
        label = match byte {
            b'.' if label > 0 => 0,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' if label < LABEL_MAX_BYTES => label + 1,
            _ => return false,
        };
    }
    label > 0 && name.len() <= NAME_MAX_BYTES
}

/// A colon and up to five digits.
fn parse_port(text: &str) -> Option<u16> {
    let digits = text.strip_prefix(':')?;
    let is_number = digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_valid_is_taken_apart_and_nothing_else() {
        let label = "a".repeat(63);
        let long_label = "a".repeat(64);
        let name = [label.as_str(); 4].join(".");
        let cases: [(&str, Option<&str>); 40] = [
            ("example.com", Some("example.com")),
            ("example.com:8080", Some("example.com:8080")),
            ("example.com:", Some("example.com")),
            ("example.com.", Some("example.com")),
            ("example.com.:80", Some("example.com:80")),
            ("localhost", Some("localhost")),
            ("my_service:8000", Some("my_service:8000")),
            ("xn--bcher-kva.example", Some("xn--bcher-kva.example")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("127.0.0.1:65535", Some("127.0.0.1:65535")),
            ("[::1]", Some("[::1]")),
            ("[::1]:8000", Some("[::1]:8000")),
            ("[::ffff:127.0.0.1]:1", Some("127.0.0.1:1")),
            ("[2001:DB8:0::1]", Some("[2001:db8::1]")),
            (&label, Some(&label)),
            ("", None),
            (".", None),
            (":80", None),
            ("..", None),
            (".example.com", None),
            ("example..com", None),
            ("example.com..", None),
            ("user@example.com", None),
            ("example.com/", None),
            ("example.com?", None),
            ("example.com,example.org", None),
            ("example com", None),
            (" example.com", None),
            ("*.example.com", None),
            ("ex%61mple.com", None),
            ("bücher.example", None),
            ("example.com:65536", None),
            ("example.com:-1", None),
            ("example.com:+80", None),
            ("example.com:80:80", None),
            ("example.com:000080", None),
            ("::1", None),
            ("[::1", None),
            ("[fe80::1%25eth0]", None),
            ("[::1]x", None),
        ];
        for (text, expected) in cases {
            let got = Host::parse(text.as_bytes()).map(|host| host.to_string());
            assert_eq!(got.as_deref(), expected, "{text}");
        }
        assert!(Host::parse(long_label.as_bytes()).is_none());
        assert!(Host::parse(name.as_bytes()).is_none(), "255 bytes");
        assert!(Host::parse(b"\xff").is_none());
    }

    #[test]
    fn the_same_host_is_equal_however_it_is_written() {
        for (one, other) in [
            ("Example.COM", "example.com"),
            ("example.com.", "example.com"),
            ("[::ffff:10.0.0.1]", "10.0.0.1"),
            ("[0:0::1]", "[::1]"),
            ("example.com:080", "example.com:80"),
        ] {
            assert_eq!(Host::parse(one.as_bytes()), Host::parse(other.as_bytes()), "{one}");
        }
        assert_ne!(Host::parse(b"example.com:1"), Host::parse(b"example.com"));
        assert_ne!(Host::parse(b"example.org"), Host::parse(b"example.com"));
    }
}
