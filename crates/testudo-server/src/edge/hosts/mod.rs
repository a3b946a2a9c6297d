//! Which names the service answers to (RFC 9110, section 7.2).

mod pattern;

use http::{HeaderMap, HeaderValue, Request, StatusCode, Uri, Version, header};
use testudo_settings::HostSettings;

use self::pattern::Pattern;
use super::authority::Host;

/// Ports that go without saying (RFC 9110, sections 4.2.1 and 4.2.2).
const DEFAULT_PORTS: [u16; 2] = [80, 443];

/// The names that the service answers to.
#[derive(Debug, Clone)]
pub(crate) struct Hosts {
    allowed: Box<[Pattern]>,
}

/// Why a request is not for this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostError {
    /// No `Host` and no `:authority`.
    Missing,
    /// Several `Host` fields.
    Duplicate,
    /// Something that is no host and port.
    Invalid,
    /// `:authority` and `Host` name different hosts.
    Disagreeing,
    /// A name that is not answered to.
    NotAllowed,
}

impl HostError {
    /// What to answer: `421` for a name that is not answered to (RFC 9110, section 15.5.20), else `400` (RFC 9112,
    /// section 3.2).
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::NotAllowed => StatusCode::MISDIRECTED_REQUEST,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// What to tell the client; never what it has sent.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Missing => "the request names no host: send the field `Host`",
            Self::Duplicate => "the request has several fields `Host`",
            Self::Invalid => {
                "the host of the request is not valid: it is a name or an address, and perhaps a port"
            }
            Self::Disagreeing => "`:authority` and `Host` name different hosts",
            Self::NotAllowed => "this service does not answer to the host of the request",
        }
    }
}

impl Hosts {
    /// The names of the configuration. None at all means any, which the configuration allows in development and test.
    ///
    /// # Errors
    /// An entry that no request could match.
    pub(crate) fn from_settings(settings: &HostSettings) -> Result<Self, String> {
        let allowed = settings.allowed.iter().map(|entry| Pattern::parse(entry));
        let mut allowed = allowed.collect::<Result<Vec<_>, _>>()?;
        if allowed.is_empty() {
            allowed.push(Pattern::any());
        }
        Ok(Self { allowed: allowed.into() })
    }

    /// The host that a request is for: that of a whole URL or `:authority`, else that of `Host`. `Ok(None)` is an
    /// HTTP/1.0 request that names none, where any host is answered to.
    pub(crate) fn check<'r>(
        &self,
        version: Version,
        uri: &'r Uri,
        headers: &'r HeaderMap,
    ) -> Result<Option<Host<'r>>, HostError> {
        if let Some(host) = self.written(uri, headers) {
            return Ok(Some(host));
        }
        let Some(host) = host_of(version, uri, headers)? else {
            // Only HTTP/1.0 knew one host an address.
            let may_lack = version <= Version::HTTP_10 && self.allowed.iter().any(Pattern::is_any);
            return if may_lack { Ok(None) } else { Err(HostError::Missing) };
        };
        if self.allowed.iter().any(|pattern| pattern.matches(&host)) {
            Ok(Some(host))
        } else {
            Err(HostError::NotAllowed)
        }
    }
}

/// Puts the host of the target where a handler looks for it: a client of HTTP/1.1 that sends a whole URL may say
/// something else in `Host`, which then counts for nothing (RFC 9112, section 3.2.2).
pub(crate) fn settle_host<B>(request: &mut Request<B>) {
    if request.version() >= Version::HTTP_2 {
        return;
    }
    let authority = request.uri().authority();
    if let Some(host) = authority.and_then(|authority| HeaderValue::from_str(authority.as_str()).ok()) {
        request.headers_mut().insert(header::HOST, host);
    }
}

impl Hosts {
    /// The host of a request that names one exactly as the configuration has it. Nearly every request does, and
    /// nothing has to be taken apart.
    fn written<'r>(&self, uri: &Uri, headers: &'r HeaderMap) -> Option<Host<'r>> {
        let mut fields = headers.get_all(header::HOST).iter();
        let field = fields.next().filter(|_| fields.next().is_none() && uri.authority().is_none())?;
        self.allowed.iter().find_map(|pattern| pattern.written(field.as_bytes()))
    }
}

/// The host that a request names, whether or not it is answered to.
fn host_of<'r>(
    version: Version,
    uri: &'r Uri,
    headers: &'r HeaderMap,
) -> Result<Option<Host<'r>>, HostError> {
    let parse = |text: &'r [u8]| Host::parse(text).ok_or(HostError::Invalid);
    let mut fields = headers.get_all(header::HOST).iter();
    let field = fields.next().map(HeaderValue::as_bytes);
    if fields.next().is_some() {
        return Err(HostError::Duplicate);
    }
    let field = field.map(parse).transpose()?;
    let target = uri.authority().map(|authority| parse(authority.as_str().as_bytes())).transpose()?;
    match (target, field) {
        // RFC 9113, section 8.3.1.
        (Some(target), Some(field)) if version >= Version::HTTP_2 && !are_same(&target, &field) => {
            Err(HostError::Disagreeing)
        }
        // HTTP/1.1 wants the field even where the target is a whole URL (RFC 9112, section 3.2).
        (Some(_), None) if version == Version::HTTP_11 => Err(HostError::Missing),
        // The target wins (RFC 9112, section 3.2.2).
        (target, field) => Ok(target.or(field)),
    }
}

/// Whether both name the same host; a port that goes without saying may be left out on one side.
fn are_same(one: &Host<'_>, other: &Host<'_>) -> bool {
    one.name == other.name && is_same_port(one.port, other.port)
}

fn is_same_port(one: Option<u16>, other: Option<u16>) -> bool {
    match (one, other) {
        (None, Some(port)) | (Some(port), None) => DEFAULT_PORTS.contains(&port),
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests;
