//! Origins as browsers send them (RFC 6454, section 6.2): `scheme://host[:port]`, lower case, without a default port.

use super::super::authority::is_name;

/// The origins of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origins {
    /// Nobody has configured any.
    None,
    /// `*`.
    Any,
    /// These.
    Listed(Box<[OriginPattern]>),
}

/// One origin, or those of all hosts below one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OriginPattern {
    Exact(Box<str>),
    /// `https://*.example.com:8443`: `https://`, then at least one label, then `.example.com:8443`.
    Below {
        before: Box<str>,
        after: Box<str>,
    },
}

impl Origins {
    pub(super) fn parse(entries: &[String]) -> Result<Self, String> {
        match entries {
            [] => Ok(Self::None),
            [any] if any == "*" => Ok(Self::Any),
            entries if entries.iter().any(|entry| entry == "*") => {
                Err("`cors.origins` has `*` beside other origins: it already stands for all of them"
                    .to_owned())
            }
            entries => entries
                .iter()
                .map(|entry| OriginPattern::parse(entry))
                .collect::<Result<_, _>>()
                .map(Self::Listed),
        }
    }
}

impl OriginPattern {
    fn parse(entry: &str) -> Result<Self, String> {
        let refused = |why: &str| {
            Err(format!(
                "`{entry}` in `cors.origins` {why}: write an origin as browsers send it, such as \
                 `https://shop.example.com` or `https://*.example.com`"
            ))
        };
        if entry == "null" {
            return refused("is what any sandboxed page may call itself");
        }
        let Some((scheme, rest)) = entry.split_once("://") else { return refused("has no scheme") };
        let (below, authority) = rest.strip_prefix("*.").map_or((false, rest), |rest| (true, rest));
        if entry.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return refused("has upper-case letters");
        }
        if !is_scheme(scheme) || !is_authority(authority) {
            return refused("is not `scheme://host` or `scheme://host:port`, and nothing else");
        }
        if authority.rsplit_once(':').is_some_and(|(_, port)| is_default_port(scheme, port)) {
            return refused("names the default port, which browsers leave out");
        }
        if !below {
            return Ok(Self::Exact(entry.into()));
        }
        let name = authority.rsplit_once(':').map_or(authority, |(name, _)| name);
        if !is_name(name) || name.parse::<std::net::Ipv4Addr>().is_ok() {
            return refused("has a `*` before something that is no name");
        }
        // `*.com` is everybody, and nobody's rule.
        if !name.contains('.') && name != "localhost" {
            return refused("has a `*` before a single label");
        }
        Ok(Self::Below { before: format!("{scheme}://").into(), after: format!(".{authority}").into() })
    }

    /// Whether an `Origin` field is one of these. Browsers send it in one form only, so any other form is no match.
    pub(super) fn matches(&self, origin: &[u8]) -> bool {
        match self {
            Self::Exact(own) => origin == own.as_bytes(),
            Self::Below { before, after } => origin
                .strip_prefix(before.as_bytes())
                .and_then(|rest| rest.strip_suffix(after.as_bytes()))
                .and_then(|labels| std::str::from_utf8(labels).ok())
                .is_some_and(|labels| {
                    is_name(labels) && !labels.bytes().any(|byte| byte.is_ascii_uppercase())
                }),
        }
    }
}

/// RFC 3986, section 3.1.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// A name or an address, and a port in its shortest form.
fn is_authority(authority: &str) -> bool {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_address = || {
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        address.is_some_and(|text| text.parse().is_ok_and(|ip: std::net::Ipv6Addr| ip.to_string() == text))
    };
    let is_port =
        |port: &str| port.parse::<u16>().is_ok_and(|number| number != 0 && number.to_string() == port);
    (is_name(host) || is_address()) && port.is_none_or(is_port)
}

fn is_default_port(scheme: &str, port: &str) -> bool {
    matches!((scheme, port), ("http" | "ws", "80") | ("https" | "wss", "443"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_that_no_browser_sends_is_refused_with_its_words() {
        for entry in [
            "",
            "null",
            "example.com",
            "//example.com",
            "https://",
            "https://example.com/",
            "https://example.com/path",
            "https://example.com?",
            "https://example.com#",
            "https://user@example.com",
            "https://Example.com",
            "HTTPS://example.com",
            "https://example.com:443",
            "http://example.com:80",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:0443",
            "https://example.com:65536",
            "https://example.com.:x",
            "https://exa mple.com",
            "https://*",
            "https://*.com",
            "https://*.",
            "https://a.*.example.com",
            "https://*example.com",
            "https://*.*.example.com",
            "*.example.com",
            "*://example.com",
            "https://*.127.0.0.1",
            "https://*.[::1]",
            "https://[::1",
            "https://[0:0::1]",
            "https://bücher.example",
            "1https://example.com",
            "https://a.example.com,https://b.example.com",
        ] {
            let error = Origins::parse(&[entry.to_owned()]).unwrap_err();
            assert!(error.contains(&format!("`{entry}`")) && error.contains("https://shop"), "{error}");
        }
    }

    #[test]
    fn origins_that_browsers_send_are_taken() {
        for entry in [
            "https://example.com",
            "http://localhost:3000",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
            "https://xn--bcher-kva.example",
            "https://*.example.com",
            "https://*.example.com:8443",
            "http://*.localhost:3000",
            "http://example.com:443",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop",
            "https://*.shop.example.co.uk",
        ] {
            assert!(matches!(Origins::parse(&[entry.to_owned()]), Ok(Origins::Listed(_))), "{entry}");
        }
        assert_eq!(Origins::parse(&["*".to_owned()]), Ok(Origins::Any));
        assert!(Origins::parse(&["*".to_owned(), "https://a.example".to_owned()]).is_err());
    }
}
