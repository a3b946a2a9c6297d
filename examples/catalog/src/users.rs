//! Users and their tokens, in the database.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::{FromRow, SqlitePool};
use testudo::{BoxError, Clock};

use crate::passwords::Passwords;

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

/// The users and tokens tables.
#[derive(Debug, Clone)]
pub struct Users {
    database: SqlitePool,
    passwords: Passwords,
    clock: Clock,
    /// Everybody knows the passwords and tokens of seeded users: they exist in development only, even if a database
    /// seeded there is opened elsewhere.
    seeded: bool,
}

impl Users {
    pub(crate) fn new(database: SqlitePool, clock: Clock, seeded: bool) -> Self {
        Self { database, passwords: Passwords::new(), clock, seeded }
    }

    /// The user that owns a token which has not expired.
    pub(crate) async fn by_token(&self, token: &[u8]) -> sqlx::Result<Option<User>> {
        // Found by its hash: how far a comparison got says nothing about any token.
        sqlx::query_as(
            "SELECT users.id, username, email, roles FROM tokens JOIN users ON users.id = user_id \
             WHERE hash = ? AND expires_at > ? AND seeded <= ?",
        )
        .bind(token_hash(token))
        .bind(self.now())
        .bind(self.seeded)
        .fetch_optional(&self.database)
        .await
    }

    /// A new token, if the password is the user's.
    pub(crate) async fn sign_in(&self, username: &str, password: String) -> Result<Option<String>, BoxError> {
        let known: Option<(i64, String)> =
            sqlx::query_as("SELECT id, password_hash FROM users WHERE username = ? AND seeded <= ?")
                .bind(username)
                .bind(self.seeded)
                .fetch_optional(&self.database)
                .await?;
        let (id, hash) = known.unzip();
        let fits = self.passwords.verify(password, hash).await?;
        match id.filter(|_| fits) {
            Some(id) => Ok(Some(self.issue_token(id).await?)),
            None => Ok(None),
        }
    }

    async fn issue_token(&self, user: i64) -> Result<String, BoxError> {
        let token = random_token()?;
        let now = self.now();
        sqlx::query("DELETE FROM tokens WHERE expires_at <= ?").bind(now).execute(&self.database).await?;
        sqlx::query("INSERT INTO tokens (hash, user_id, expires_at) VALUES (?, ?, ?)")
            .bind(token_hash(token.as_bytes()))
            .bind(user)
            .bind(now.saturating_add_unsigned(TOKEN_LIFETIME.as_secs()))
            .execute(&self.database)
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
