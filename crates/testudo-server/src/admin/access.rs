//! Who may ask what.

use std::net::IpAddr;

use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use subtle::ConstantTimeEq;
use testudo_core::Problem;
use testudo_settings::{AdminSettings, Secret};

use crate::edge::{Host, HostName};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// Probes and metrics: what machines ask for.
    Open,
    /// Everything else.
    Operators,
}

/// Lets operators in.
pub(super) struct Door {
    is_loopback: bool,
    token: Option<Secret>,
}

impl Door {
    pub(super) fn of(settings: &AdminSettings) -> Self {
        Self { is_loopback: settings.host.is_loopback(), token: settings.token.clone() }
    }

    pub(super) fn check<B>(&self, entry: Entry, request: &Request<B>) -> Result<(), Problem> {
        let headers = request.headers();
        match entry {
            Entry::Open => Ok(()),
            // A page in the operator's browser is no operator.
            Entry::Operators if headers.contains_key(header::ORIGIN) => {
                Err(Problem::forbidden("pages of browsers may not ask here"))
            }
            Entry::Operators if self.is_loopback => {
                if names_loopback(request.uri().authority().map(http::uri::Authority::as_str), headers) {
                    return Ok(());
                }
                Err(Problem::new(StatusCode::MISDIRECTED_REQUEST)
                    .detail("the host has to be `localhost` or an address of loopback"))
            }
            Entry::Operators => self.check_token(headers),
        }
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let Some(token) = &self.token else {
            return Err(Problem::forbidden("set `admin.token` to ask this from another machine"));
        };
        let given = headers.get(header::AUTHORIZATION).and_then(bearer).unwrap_or_default();
        // In constant time: an answer does not tell how far a guess was right.
        if bool::from(given.ct_eq(token.expose().as_bytes())) {
            return Ok(());
        }
        Err(Problem::new(StatusCode::UNAUTHORIZED)
            .detail("ask with `Authorization: Bearer` and the token of `admin.token`")
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
    }
}

/// RFC 6750, section 2.1; the scheme is of any case (RFC 9110, section 11.1).
fn bearer(field: &HeaderValue) -> Option<&[u8]> {
    let (scheme, token) = field.as_bytes().split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| token.trim_ascii())
}

fn names_loopback(authority: Option<&str>, headers: &HeaderMap) -> bool {
    let mut fields = headers.get_all(header::HOST).iter();
    let field = fields.next().map(HeaderValue::as_bytes);
    if fields.next().is_some() {
        return false;
    }
    let Some(host) = authority.map(str::as_bytes).or(field).and_then(Host::parse) else { return false };
    match host.name {
        HostName::Name(name) => name.eq_ignore_ascii_case("localhost"),
        HostName::Address(address) => IpAddr::to_canonical(&address).is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(host: &str, token: Option<&str>) -> Door {
        Door { is_loopback: host.parse::<IpAddr>().unwrap().is_loopback(), token: token.map(Secret::new) }
    }

    fn status(door: &Door, entry: Entry, fields: &[(&str, &str)]) -> u16 {
        let mut request = Request::get("/config");
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        let request = request.body(()).unwrap();
        door.check(entry, &request).map_or_else(|problem| problem.status().as_u16(), |()| 200)
    }

    #[test]
    fn on_loopback_only_a_name_of_loopback_opens_the_door() {
        let door = door("127.0.0.1", None);
        for (fields, expected) in [
            (&[("host", "localhost:9000")][..], 200),
            (&[("host", "127.0.0.1:9000")], 200),
            (&[("host", "[::1]:9000")], 200),
            (&[("host", "rebound.example:9000")], 421),
            (&[("host", "localhost.example")], 421),
            (&[("host", "localhost"), ("host", "rebound.example")], 421),
            (&[], 421),
            (&[("host", "localhost"), ("origin", "http://localhost:3000")], 403),
        ] {
            assert_eq!(status(&door, Entry::Operators, fields), expected, "{fields:?}");
        }
        assert_eq!(status(&door, Entry::Open, &[("host", "10.0.0.7:9000")]), 200);
    }

    #[test]
    fn elsewhere_only_the_token_does() {
        let token = "0123456789abcdefghijklmnopqrstuv";
        let (with, without) = (door("0.0.0.0", Some(token)), door("0.0.0.0", None));
        for (door, authorization, expected) in [
            (&with, Some(format!("Bearer {token}")), 200),
            (&with, Some(format!("bearer  {token}")), 200),
            (&with, Some(format!("Bearer {token}x")), 401),
            (&with, Some(format!("Bearer {}", &token[1..])), 401),
            (&with, Some("Bearer ".to_owned()), 401),
            (&with, Some(format!("Basic {token}")), 401),
            (&with, None, 401),
            (&without, Some("Bearer ".to_owned()), 403),
            (&without, None, 403),
        ] {
            let field = authorization.as_ref().map(|value| ("authorization", value.as_str()));
            let fields: Vec<_> = field.into_iter().chain([("host", "localhost")]).collect();
            assert_eq!(status(door, Entry::Operators, &fields), expected, "{authorization:?}");
        }
        assert_eq!(status(&without, Entry::Open, &[]), 200);
    }
}
