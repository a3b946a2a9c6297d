//! Which pages of other origins may call the service (the Fetch standard, section 3.3).
//!
//! With origins configured, these fields are decided here alone: what a handler has set of them does not count.

mod origin;
mod preflight;
mod vary;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use testudo_settings::CorsSettings;

use self::{
    origin::Origins,
    preflight::{PreflightRules, token_list},
};
use super::has;

/// The fields of a response that say what pages of other origins may do; also those that are never sent.
const RESPONSE_FIELDS: [HeaderName; 7] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
    HeaderName::from_static("access-control-allow-private-network"),
];

/// Who may call from pages of other origins, and how.
#[derive(Debug, Clone)]
pub(crate) struct Cors {
    origins: Origins,
    credentials: bool,
    expose: Option<HeaderValue>,
    preflight: PreflightRules,
}

/// What the configuration says to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// No page of another origin asks, or one that may not: the request goes its way, and its response will not be
    /// shown to the page.
    None,
    /// A preflight that may be: answer `204` with these fields.
    Preflight(HeaderMap),
    /// A page of another origin that may: the value of `Access-Control-Allow-Origin`.
    Actual(HeaderValue),
    /// A preflight that may not be: answer `403`.
    Refused(CorsRefusal),
}

/// Why a preflight is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CorsRefusal {
    /// No origin, several, or one that is not allowed.
    Origin,
    /// A method that is not allowed.
    Method,
    /// A header field that is not allowed.
    Header,
}

impl CorsRefusal {
    /// What to tell the client; never what it has sent.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::Origin => "pages of this origin may not call the service",
            Self::Method => "pages of other origins may not use this method",
            Self::Header => "pages of other origins may not set one of these header fields",
        }
    }
}

impl Cors {
    /// What the configuration allows.
    ///
    /// # Errors
    /// An origin no browser sends, a method or field that is none, `*` beside other origins or with credentials, a
    /// time above 24 hours.
    pub(crate) fn from_settings(settings: &CorsSettings) -> Result<Self, String> {
        let origins = Origins::parse(&settings.origins)?;
        if settings.credentials && origins == Origins::Any {
            return Err("`cors.credentials` does not go with the origin `*`: name the origins".to_owned());
        }
        Ok(Self {
            origins,
            credentials: settings.credentials,
            expose: token_list("cors.expose", &settings.expose)?,
            preflight: PreflightRules::from_settings(settings)?,
        })
    }

    /// Decides on a request. Without configured origins, nothing is ever decided, and a preflight is a request like
    /// any other.
    pub(crate) fn decide(&self, method: &Method, headers: &HeaderMap) -> Decision {
        if self.origins == Origins::None || !has(headers, &header::ORIGIN) {
            return Decision::None;
        }
        let allowed = self.allowed_origin(headers);
        if !is_preflight(method, headers) {
            return allowed.map_or(Decision::None, Decision::Actual);
        }
        let Some(origin) = allowed else { return Decision::Refused(CorsRefusal::Origin) };
        match self.preflight.check(headers) {
            Ok(()) => Decision::Preflight(self.preflight_fields(origin)),
            Err(refusal) => Decision::Refused(refusal),
        }
    }

    /// Whether a handler's field of this name takes part in what [`Self::apply`] does.
    pub(crate) fn looks_at(&self, name: &HeaderName) -> bool {
        self.origins != Origins::None && (*name == header::VARY || RESPONSE_FIELDS.contains(name))
    }

    /// Makes the fields of a response what was decided. Call it for every response, also those that refuse.
    pub(crate) fn apply(&self, decision: &Decision, response: &mut HeaderMap) {
        if self.origins == Origins::None {
            return;
        }
        // Handlers rarely set one: a look at the few names there are is less work than seven searches.
        if response.keys().any(|name| RESPONSE_FIELDS.contains(name)) {
            for field in &RESPONSE_FIELDS {
                response.remove(field);
            }
        }
        self.grant(decision, response);
        if self.origins != Origins::Any {
            vary::add(response, matches!(decision, Decision::Preflight(_) | Decision::Refused(_)));
        }
    }

    /// Adds what a page of another origin gets beyond what all get.
    pub(crate) fn grant(&self, decision: &Decision, response: &mut HeaderMap) {
        match decision {
            Decision::Actual(origin) => {
                response.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
                self.allow_credentials(response);
                if let Some(expose) = &self.expose {
                    response.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, expose.clone());
                }
            }
            Decision::Preflight(fields) => {
                response.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            Decision::None | Decision::Refused(_) => {}
        }
    }

    /// The value of `Access-Control-Allow-Origin`; nothing is copied.
    fn allowed_origin(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let mut fields = headers.get_all(header::ORIGIN).iter();
        let origin = fields.next().filter(|_| fields.next().is_none())?;
        match &self.origins {
            Origins::None => None,
            Origins::Any => Some(HeaderValue::from_static("*")),
            Origins::Listed(patterns) => {
                patterns.iter().any(|pattern| pattern.matches(origin.as_bytes())).then(|| origin.clone())
            }
        }
    }

    fn preflight_fields(&self, origin: HeaderValue) -> HeaderMap {
        let mut fields = HeaderMap::with_capacity(8);
        fields.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        self.allow_credentials(&mut fields);
        self.preflight.write(&mut fields);
        fields
    }

    fn allow_credentials(&self, fields: &mut HeaderMap) {
        if self.credentials {
            fields.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
    }
}

/// Any other `OPTIONS` is for the routes (the Fetch standard, section 3.3.2).
fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

#[cfg(test)]
mod probes;
#[cfg(test)]
mod tests;
