//! Calls from pages of other origins.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Period;

/// Which pages of other origins may call the service (the Fetch standard, section 3.3). By default none.
///
/// ```
/// let cors = testudo_settings::CorsSettings::default();
/// assert!(cors.origins.is_empty() && !cors.credentials);
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct CorsSettings {
    /// Origins exactly as browsers send them, such as `https://shop.example.com` or `http://localhost:3000`;
    /// `https://*.example.com` stands for every host below `example.com`, not itself; `*` alone for every origin, which
    /// excludes `credentials`.
    pub origins: Vec<String>,
    /// Methods that pages may use beyond `GET`, `HEAD` and `POST`.
    pub methods: Vec<String>,
    /// Request header fields that pages may set beyond the safelisted ones.
    pub headers: Vec<String>,
    /// Response header fields that pages may read beyond the safelisted ones.
    pub expose: Vec<String>,
    /// Whether browsers send cookies and credentials along.
    pub credentials: bool,
    /// How long browsers may remember the answer to a preflight. At most 24 hours.
    pub max_age: Period,
}

impl Default for CorsSettings {
    fn default() -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            origins: Vec::new(),
            methods: owned(&["PUT", "PATCH", "DELETE"]),
            headers: owned(&["authorization", "content-type", "x-request-id"]),
            expose: owned(&["x-request-id", "retry-after", "location"]),
            credentials: false,
            max_age: Period::from_secs(600),
        }
    }
}
