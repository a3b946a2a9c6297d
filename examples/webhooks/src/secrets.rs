//! What providers sign with.

use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use testudo::{Environment, StartError};

const GITHUB: &str = "WEBHOOKS_GITHUB_SECRET";
const BILLING: &str = "WEBHOOKS_BILLING_SECRET";

/// Shorter than this, a secret can be guessed from one delivery.
const SECRET_MIN_BYTES: usize = 16;

/// The secrets shared with the providers.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// With GitHub.
    pub github: Secret,
    /// With the billing provider.
    pub billing: Secret,
}

impl Secrets {
    /// Reads `WEBHOOKS_GITHUB_SECRET` and `WEBHOOKS_BILLING_SECRET`. In development they default to
    /// `development-github` and `development-billing`.
    ///
    /// # Errors
    /// All that is missing or too short, at once.
    pub fn read(
        environment: Environment,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let mut wrong = Vec::new();
        let mut secret = |name: &str, in_development: &str| {
            let default = (environment == Environment::Development).then(|| in_development.to_owned());
            match variable(name).or(default) {
                Some(secret) if secret.len() >= SECRET_MIN_BYTES => return Secret::new(&secret),
                Some(_) => wrong.push(format!("{name} is shorter than {SECRET_MIN_BYTES} bytes")),
                None => wrong.push(format!("{name} is not set")),
            }
            Secret::new("")
        };
        let github = secret(GITHUB, "development-github");
        let billing = secret(BILLING, "development-billing");
        if wrong.is_empty() {
            return Ok(Self { github, billing });
        }
        let wrong = wrong.join("; ");
        Err(StartError::surroundings(format!("{wrong}: use the secret that the provider signs with")))
    }
}

/// A secret, which is never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// This secret.
    pub fn new(secret: &str) -> Self {
        Self(secret.as_bytes().into())
    }

    /// Whether `mac` is the HMAC-SHA256 (RFC 2104) of the parts put together. Takes as long for a near miss as for a
    /// far one.
    pub(crate) fn has_signed(&self, parts: &[&[u8]], mac: &[u8]) -> bool {
        let mut hmac = Hmac::<Sha256>::new_from_slice(&self.0).expect("an HMAC key has any length");
        for part in parts {
            hmac.update(part);
        }
        hmac.verify_slice(mac).is_ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}
