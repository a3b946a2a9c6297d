//! One name, or the names below one, that the service answers to.

use std::net::IpAddr;

use super::{
    super::authority::{Host, HostName, is_name},
    is_same_port,
};

/// An entry of the configuration, as the wire has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    host: Names,
    /// The port that a request has to name; a default one it may leave out.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Names {
    Any,
    Address(IpAddr),
    /// A-labels (RFC 5890, section 2.3.2.1), lower case.
    Exact(Box<str>),
    /// The same, for all names below it.
    Below(Box<str>),
}

impl Pattern {
    pub(super) fn any() -> Self {
        Self { host: Names::Any, port: None }
    }

    pub(super) fn is_any(&self) -> bool {
        self.host == Names::Any
    }

    /// Takes apart `example.com`, `*.example.com`, `bücher.example`, `localhost:8000`, `[::1]`, `*`.
    pub(super) fn parse(entry: &str) -> Result<Self, String> {
        if entry == "*" {
            return Ok(Self::any());
        }
        if let Ok(address) = entry.parse::<IpAddr>() {
            return Ok(Self { host: Names::Address(address.to_canonical()), port: None });
        }
        let (below, rest) = entry.strip_prefix("*.").map_or((false, entry), |rest| (true, rest));
        let ascii = to_ascii(rest).ok_or_else(|| refusal(entry))?;
        let host = Host::parse(ascii.as_bytes()).ok_or_else(|| refusal(entry))?;
        let names = match (host.name, below) {
            (HostName::Address(address), false) => Names::Address(address),
            (HostName::Address(_), true) => return Err(refusal(entry)),
            (HostName::Name(name), false) => Names::Exact(name.to_ascii_lowercase().into()),
            (HostName::Name(name), true) => Names::Below(name.to_ascii_lowercase().into()),
        };
        Ok(Self { host: names, port: host.port })
    }

    /// The host of a request that has written this one name, to the letter and without a port.
    pub(super) fn written<'r>(&self, host: &'r [u8]) -> Option<Host<'r>> {
        match &self.host {
            Names::Exact(own) if self.port.is_none() && own.as_bytes() == host => {
                Some(Host { name: HostName::Name(std::str::from_utf8(host).ok()?), port: None })
            }
            _ => None,
        }
    }

    pub(super) fn matches(&self, host: &Host<'_>) -> bool {
        let is_name = match (&self.host, host.name) {
            (Names::Any, _) => true,
            (Names::Address(own), HostName::Address(address)) => *own == address,
            (Names::Exact(own), HostName::Name(name)) => name.eq_ignore_ascii_case(own),
            (Names::Below(own), HostName::Name(name)) => is_below(name, own),
            _ => false,
        };
        is_name && (self.port.is_none() || is_same_port(self.port, host.port))
    }
}

/// Whether a name is `label.` or more before another. Both are ASCII.
fn is_below(name: &str, parent: &str) -> bool {
    let above = name.len().checked_sub(parent.len() + 1);
    above.is_some_and(|len| {
        name.as_bytes()[len] == b'.' && name.as_bytes()[len + 1..].eq_ignore_ascii_case(parent.as_bytes())
    })
}

/// Turns the labels of a name that people write into those that the wire has (RFC 5891); a port stays.
fn to_ascii(entry: &str) -> Option<String> {
    if entry.is_ascii() {
        return Some(entry.to_owned());
    }
    let (name, port) = entry.split_at(entry.find(':').unwrap_or(entry.len()));
    let ascii = idna::domain_to_ascii_strict(name).ok()?;
    is_name(ascii.trim_end_matches('.')).then(|| ascii + port)
}

fn refusal(entry: &str) -> String {
    format!(
        "`{entry}` is not a host: write a name or an address without scheme and path, such as `api.example.com`, \
         `*.example.com`, `localhost:8000` or `[::1]`"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_is_no_host_is_refused_with_its_words() {
        for entry in [
            "",
            "https://example.com",
            "example.com/",
            "*example.com",
            "a.*.example.com",
            "*.*.example.com",
            "*.",
            "**",
            "*:80",
            "user@example.com",
            "example.com:http",
            "*.127.0.0.1",
            "exa mple.com",
            "[::1",
            "bü cher.example",
            "-ü.example",
        ] {
            let error = Pattern::parse(entry).unwrap_err();
            assert!(error.contains(&format!("`{entry}`")) && error.contains("api.example.com"), "{error}");
        }
    }

    #[test]
    fn a_name_as_people_write_it_is_the_name_on_the_wire() {
        for (written, wire) in [
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("*.bücher.example", "*.xn--bcher-kva.example"),
            ("bücher.example:8000", "xn--bcher-kva.example:8000"),
            ("Example.COM.", "example.com"),
            ("::1", "[::1]"),
            ("[::ffff:127.0.0.1]", "127.0.0.1"),
        ] {
            assert_eq!(Pattern::parse(written), Pattern::parse(wire), "{written}");
        }
    }
}
