//! Where a store is, with the password that opens it.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::secret::{REDACTED, Secret};

/// The URL of a store. It may hold a password, so only its scheme, host and path are ever shown.
///
/// ```
/// use testudo_settings::ConnectionUrl;
///
/// let url: ConnectionUrl = "postgres://app:hunter2@db.internal/catalog?sslmode=require".parse().unwrap();
/// assert_eq!(url.to_string(), "postgres://[redacted]@db.internal/catalog");
/// assert_eq!(url.scheme(), "postgres");
/// assert_eq!(url.expose(), "postgres://app:hunter2@db.internal/catalog?sslmode=require");
/// ```
#[derive(Clone)]
pub struct ConnectionUrl(Secret);

impl ConnectionUrl {
    /// The URL itself. Never log it.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// What stands before the first colon.
    pub fn scheme(&self) -> &str {
        self.expose().split(':').next().unwrap_or_default()
    }

    /// Whether a password is written into it.
    pub(crate) fn has_password(&self) -> bool {
        let user = self.expose().split_once("://").and_then(|(_, rest)| rest.rsplit_once('@'));
        user.is_some_and(|(user, _)| user.contains(':')) || self.expose().contains("password=")
    }
}

impl std::str::FromStr for ConnectionUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let scheme = text.split_once(':').map(|(scheme, _)| scheme);
        let is_scheme = |scheme: &str| {
            scheme.starts_with(|first: char| first.is_ascii_alphabetic())
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        };
        if scheme.is_some_and(is_scheme) {
            return Ok(Self(Secret::new(text)));
        }
        Err("write a URL, such as `sqlite://app.db` or `postgres://user@host/database`".to_owned())
    }
}

impl fmt::Display for ConnectionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.expose().split_once("://") else { return f.write_str(REDACTED) };
        // The last `@` of all, before anything is cut off: whoever did not escape a password shows none of it.
        let (user, place) = match rest.rsplit_once('@') {
            Some((_, place)) => (true, place),
            None => (false, rest),
        };
        // The query may name a password, too.
        let place = place.split(['?', '#']).next().unwrap_or_default();
        if user { write!(f, "{scheme}://{REDACTED}@{place}") } else { write!(f, "{scheme}://{place}") }
    }
}

impl fmt::Debug for ConnectionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ConnectionUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ConnectionUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for ConnectionUrl {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "ConnectionUrl".into()
    }

    /// A format of its own: with several hosts it is no URI.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "connection-url", "writeOnly": true })
    }
}
