//! What is stored of an API key.

use std::{fmt, time::SystemTime};

use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What a tenant pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "whoever adds a plan decides its limits")]
pub enum Plan {
    /// 30 requests a minute and key.
    Free,
    /// 300 requests a minute and key.
    Team,
}

impl Plan {
    /// Every plan.
    pub const ALL: [Self; 2] = [Self::Free, Self::Team];

    /// What each key of the plan may do in a minute.
    pub fn requests_per_minute(self) -> u32 {
        match self {
            Self::Free => 30,
            Self::Team => 300,
        }
    }
}

/// An API key as it is stored: whose it is, what it may do, until when, and the hash of its secret.
#[derive(Clone)]
pub struct StoredKey {
    pub(crate) tenant: String,
    pub(crate) plan: Plan,
    pub(crate) scopes: Vec<&'static str>,
    pub(crate) expires_at: SystemTime,
    secret_hash: [u8; 32],
}

impl StoredKey {
    /// A key with this secret, which is not kept.
    pub fn new(
        secret: &str,
        tenant: &str,
        plan: Plan,
        scopes: &[&'static str],
        expires_at: SystemTime,
    ) -> Self {
        let (tenant, scopes) = (tenant.to_owned(), scopes.to_vec());
        Self { tenant, plan, scopes, expires_at, secret_hash: hash(secret) }
    }

    /// Whether this is the key's secret; takes as long for a near miss as for a far one.
    pub fn has_secret(&self, secret: &str) -> bool {
        self.secret_hash.ct_eq(&hash(secret)).into()
    }
}

/// A fast hash will do: unlike a password, an issued secret is random and too long to be guessed.
fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("tenant", &self.tenant)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}
