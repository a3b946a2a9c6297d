//! Certificate and key.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// TLS of a listener: on when certificate and key are set. Both files are read again when they change.
///
/// ```
/// assert!(!testudo_settings::TlsSettings::default().is_on());
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct TlsSettings {
    /// File with the certificate chain (PEM), the service's own first.
    pub certificate: Option<PathBuf>,
    /// File with the private key of the certificate (PEM).
    pub key: Option<PathBuf>,
}

impl TlsSettings {
    /// Whether the listener speaks TLS.
    pub fn is_on(&self) -> bool {
        self.certificate.is_some() && self.key.is_some()
    }
}
