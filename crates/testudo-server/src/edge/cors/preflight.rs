//! What browsers ask before they let a page call: the method and the header fields it wants (the Fetch standard,
//! section 3.3.2).

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use testudo_settings::CorsSettings;

use super::CorsRefusal;

/// Methods that pages may always use (the Fetch standard, section 2.2.1).
const SAFELISTED_METHODS: [&str; 3] = ["GET", "HEAD", "POST"];
/// Methods that browsers give to no page (the same section).
const FORBIDDEN_METHODS: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];
/// Fields that pages may always set, within limits that browsers check (section 2.2.2).
const SAFELISTED_FIELDS: [&str; 3] = ["accept", "accept-language", "content-language"];
/// Longest time browsers are told to remember: what they cut off at (section 3.3.4 leaves it open; Firefox has 24 h).
const MAX_AGE_SECS: u64 = 24 * 3_600;

/// What pages of allowed origins may do.
#[derive(Debug, Clone)]
pub(super) struct PreflightRules {
    methods: Box<[Box<str>]>,
    fields: Box<[Box<str>]>,
    allow_methods: HeaderValue,
    allow_fields: Option<HeaderValue>,
    max_age: HeaderValue,
}

impl PreflightRules {
    pub(super) fn from_settings(settings: &CorsSettings) -> Result<Self, String> {
        let methods = methods(&settings.methods)?;
        let max_age = settings.max_age.as_secs();
        if max_age > MAX_AGE_SECS {
            return Err(format!("`cors.max_age` is {max_age} s, but browsers remember for 24 hours at most"));
        }
        Ok(Self {
            allow_methods: value_of(&methods.join(", ")),
            methods: methods.into_iter().map(Into::into).collect(),
            allow_fields: token_list("cors.headers", &settings.headers)?,
            fields: settings.headers.iter().map(|field| field.to_ascii_lowercase().into()).collect(),
            max_age: HeaderValue::from(max_age),
        })
    }

    /// Checks the method and the fields that a preflight asks for.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), CorsRefusal> {
        let mut methods = headers.get_all(header::ACCESS_CONTROL_REQUEST_METHOD).iter();
        let method = methods.next().filter(|_| methods.next().is_none()).ok_or(CorsRefusal::Method)?;
        // Methods are case-sensitive (RFC 9110, section 9.1).
        if !self.methods.iter().any(|own| own.as_bytes() == method.as_bytes()) {
            return Err(CorsRefusal::Method);
        }
        let asked = headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter();
        let mut names = asked.flat_map(|list| list.as_bytes().split(|byte| *byte == b','));
        if names.all(|name| self.allows_field(name.trim_ascii())) { Ok(()) } else { Err(CorsRefusal::Header) }
    }

    /// An empty name is what a list may have between its commas (RFC 9110, section 5.6.1.2).
    fn allows_field(&self, name: &[u8]) -> bool {
        name.is_empty()
            || SAFELISTED_FIELDS.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes()))
            || self.fields.iter().any(|own| name.eq_ignore_ascii_case(own.as_bytes()))
    }

    /// Tells the browser all that is allowed, so that it need not ask again soon.
    pub(super) fn write(&self, response: &mut HeaderMap) {
        response.insert(header::ACCESS_CONTROL_ALLOW_METHODS, self.allow_methods.clone());
        if let Some(fields) = &self.allow_fields {
            response.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, fields.clone());
        }
        response.insert(header::ACCESS_CONTROL_MAX_AGE, self.max_age.clone());
    }
}

/// The safelisted methods and those of the configuration.
fn methods(configured: &[String]) -> Result<Vec<&str>, String> {
    let mut methods = SAFELISTED_METHODS.to_vec();
    for method in configured {
        let is_token = method != "*" && Method::from_bytes(method.as_bytes()).is_ok();
        if !is_token || method.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return Err(format!("`{method}` in `cors.methods` is not a method: write it like `PUT`"));
        }
        if FORBIDDEN_METHODS.contains(&method.as_str()) {
            return Err(format!(
                "`{method}` in `cors.methods` is a method that browsers give to no page: remove it"
            ));
        }
        if !methods.contains(&method.as_str()) {
            methods.push(method);
        }
    }
    Ok(methods)
}

/// Names of header fields as one value, or nothing if there are none. `*` would be all of them, also those to come.
pub(super) fn token_list(key: &str, names: &[String]) -> Result<Option<HeaderValue>, String> {
    for name in names {
        if name == "*" || HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Err(format!("`{name}` in `{key}` is not the name of a header field: name each field"));
        }
    }
    Ok(if names.is_empty() { None } else { Some(value_of(&names.join(", ").to_ascii_lowercase())) })
}

fn value_of(tokens: &str) -> HeaderValue {
    HeaderValue::from_str(tokens).expect("tokens and commas are a field value")
}
