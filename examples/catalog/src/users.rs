//! Users and their tokens.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use testudo::{BoxError, Clock};

use crate::{
    passwords::Passwords,
    store::{Store, StoredToken},
};

/// How long a token is accepted.
const TOKEN_LIFETIME: Duration = Duration::from_hours(1);

/// What a user may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Role {
    Admin,
    User,
    Guest,
}

/// A user, as clients see it. The password's hash stays in the database.
#[derive(Debug, Clone, Serialize, FromRow)]
#[expect(missing_docs, reason = "the names say it")]
pub struct User {
    pub id: i64,
    pub username: String,
    pub email: String,
    #[sqlx(json)]
    pub roles: Vec<Role>,
}

impl User {
    /// Whether the user has this role.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// Users and their tokens.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a store has no more to show")]
pub struct Users {
    store: Arc<dyn Store>,
    passwords: Passwords,
    clock: Clock,
    /// Seeded users exist in development only, even if a database seeded there is opened elsewhere.
    seeded: bool,
}

impl Users {
    pub(crate) fn new(store: Arc<dyn Store>, clock: Clock, seeded: bool) -> Self {
        Self { store, passwords: Passwords::new(), clock, seeded }
    }

    /// The user that owns a token which has not expired.
    pub(crate) async fn by_token(&self, token: &[u8]) -> sqlx::Result<Option<User>> {
        // Found by its hash: how far a comparison got says nothing about any token.
        self.store.user_by_token(&token_hash(token), self.now(), self.seeded).await
    }

    /// A new token, if the password is the user's.
    pub(crate) async fn sign_in(&self, username: &str, password: String) -> Result<Option<String>, BoxError> {
        let (id, hash) = self.store.password(username, self.seeded).await?.unzip();
        let fits = self.passwords.verify(password, hash).await?;
        match id.filter(|_| fits) {
            Some(id) => Ok(Some(self.issue_token(id).await?)),
            None => Ok(None),
        }
    }

    async fn issue_token(&self, user: i64) -> Result<String, BoxError> {
        let token = random_token()?;
        let now = self.now();
        let expires_at = now.saturating_add_unsigned(TOKEN_LIFETIME.as_secs());
        self.store
            .keep_token(StoredToken { hash: token_hash(token.as_bytes()), user, expires_at }, now)
            .await?;
        Ok(token)
    }

    fn now(&self) -> i64 {
        i64::try_from(self.clock.unix_seconds()).unwrap_or(i64::MAX)
    }
}

/// What is stored of a token. A token is random, so unlike a password it needs no slow hash.
fn token_hash(token: &[u8]) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// 256 bits from the operating system, in hexadecimal.
fn random_token() -> Result<String, getrandom::Error> {
    use getrandom::u64;
    Ok(format!("{:016x}{:016x}{:016x}{:016x}", u64()?, u64()?, u64()?, u64()?))
}
