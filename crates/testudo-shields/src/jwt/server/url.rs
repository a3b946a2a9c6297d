//! Where keys are fetched from.

use std::net::IpAddr;

use http::Uri;

/// An address of keys that can be trusted to be the issuer's: `https`, or `http` on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::jwt) struct KeyServerUrl {
    pub(super) is_secure: bool,
    pub(super) host: String,
    pub(super) port: u16,
    /// As the `Host` field has it.
    pub(super) authority: String,
    /// Path and query.
    pub(super) target: String,
}

impl KeyServerUrl {
    /// Reads an address.
    pub(in crate::jwt) fn parse(text: &str) -> Result<Self, String> {
        let invalid = |why: &str| format!("invalid `jwks_url` {text:?}: {why}");
        let uri: Uri =
            text.parse().map_err(|_| invalid("write a URL, such as `https://id.example.com/jwks.json`"))?;
        let (Some(scheme), Some(authority), Some(host)) = (uri.scheme_str(), uri.authority(), uri.host())
        else {
            return Err(invalid("write it with scheme and host, such as `https://id.example.com/jwks.json`"));
        };
        if authority.as_str().contains('@') {
            // Not shown: it may hold a password.
            return Err(
                "invalid `jwks_url`: public keys need no user and no password; leave them out".to_owned()
            );
        }
        if text.contains('#') {
            return Err(invalid("leave out the fragment"));
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_secure = match scheme {
            "https" => true,
            "http" if is_loopback(&host) => false,
            "http" => {
                return Err(invalid("keys from the network come by `https`; `http` is for this machine"));
            }
            _ => return Err(invalid("its scheme must be `https`")),
        };
        let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let target = uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
        Ok(Self { is_secure, host, port, authority: authority.to_string(), target })
    }
}

fn is_loopback(host: &str) -> bool {
    // RFC 6761, section 6.3. What a name leads to is looked at again after connecting.
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_addresses_are_taken() {
        for (text, expected) in [
            ("https://id.example.com/jwks.json", Some((true, "id.example.com", 443, "/jwks.json"))),
            ("https://id.example.com:8443/keys?v=2", Some((true, "id.example.com", 8_443, "/keys?v=2"))),
            ("https://id.example.com", Some((true, "id.example.com", 443, "/"))),
            ("https://[2001:db8::1]/k", Some((true, "2001:db8::1", 443, "/k"))),
            ("http://127.0.0.1:9999/k", Some((false, "127.0.0.1", 9_999, "/k"))),
            ("http://[::1]/k", Some((false, "::1", 80, "/k"))),
            ("http://localhost/k", Some((false, "localhost", 80, "/k"))),
            ("http://id.example.com/k", None),
            ("http://localhost.example.com/k", None),
            ("http://127.0.0.1.example.com/k", None),
            ("http://127.0.0.1@example.com/k", None),
            ("https://user:password@id.example.com/k", None),
            ("https://id.example.com/k#fragment", None),
            ("ftp://id.example.com/k", None),
            ("file:///etc/keys.json", None),
            ("/jwks.json", None),
            ("id.example.com/jwks.json", None),
            ("", None),
        ] {
            let parsed = KeyServerUrl::parse(text);
            let seen = parsed.as_ref().ok().map(|url| (url.is_secure, &*url.host, url.port, &*url.target));
            assert_eq!(seen, expected, "{text:?}");
        }
        assert!(!KeyServerUrl::parse("https://user:hunter2@x/").unwrap_err().contains("hunter2"));
    }
}
