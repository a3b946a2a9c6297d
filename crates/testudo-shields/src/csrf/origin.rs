//! Origins as browsers write them (RFC 6454, section 6.2), and the host a service was asked for.

use http::{HeaderMap, Uri, header};

/// Schemes of pages, and the ports that browsers leave away.
const SCHEMES: [(&str, u16); 2] = [("https://", 443), ("http://", 80)];

/// `https://host` or `https://host:port`: nothing behind it, and no user in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin<'o> {
    host: &'o str,
    /// The port, if it is written.
    port: Option<u16>,
    /// The port of the scheme.
    default_port: u16,
}

impl<'o> Origin<'o> {
    /// Reads an origin. `null` is none.
    pub(super) fn parse(text: &'o str) -> Option<Self> {
        SCHEMES.iter().find_map(|(scheme, default_port)| {
            let (host, port) = host_and_port(text.strip_prefix(scheme)?)?;
            Some(Self { host, port, default_port: *default_port })
        })
    }

    /// Whether a browser writes it like this: in lower case, and without a port that goes without saying.
    pub(super) fn is_canonical(&self) -> bool {
        self.port != Some(self.default_port) && !self.host.bytes().any(|byte| byte.is_ascii_uppercase())
    }

    /// Whether it is the host and port that the service was asked for: the authority of the request's target, as
    /// HTTP/2 has it, or else the field `Host` (RFC 9110, section 7.2). A port that is not written there is that of
    /// the origin's scheme: behind a proxy a service may not know its own.
    pub(super) fn is_at(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let asked = match uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => single_host(headers),
        };
        let Some((host, port)) = asked.and_then(host_and_port) else { return false };
        let port_or_default = |port: Option<u16>| port.unwrap_or(self.default_port);
        host.eq_ignore_ascii_case(self.host) && port_or_default(port) == port_or_default(self.port)
    }
}

fn single_host(headers: &HeaderMap) -> Option<&str> {
    let mut fields = headers.get_all(header::HOST).iter();
    let host = fields.next()?.to_str().ok()?;
    fields.next().is_none().then_some(host)
}

/// `name`, `address` or `[address]`, and a port. Names are what DNS has: no user, no percent-encoding.
fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
    let (host, port) = text.split_at(end);
    let is_host = match host.strip_prefix('[') {
        Some(address) => address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.]".contains(&byte)),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    let port = match port.strip_prefix(':') {
        // A sign is no digit.
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
        None if port.is_empty() => None,
        Some(_) | None => return None,
    };
    (is_host && !host.is_empty()).then_some((host, port))
}
