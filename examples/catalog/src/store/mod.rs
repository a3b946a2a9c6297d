//! What the service asks of its database, and the two databases that answer it. The statements are the same for both.

mod postgres;
mod sqlite;

use std::sync::Arc;

use async_trait::async_trait;
use testudo::{Database, StartError, Surroundings};

use crate::{
    products::{Product, ProductFields},
    users::User,
};

/// Where data is kept when nobody says otherwise.
const DEFAULT_URL: &str = "sqlite://catalog.db";

// Columns are named: the next version adds some while this one serves, and Postgres refuses a prepared `*` that has grown.
const PRODUCTS: &str = "SELECT id, name, description, price, category, in_stock FROM products ORDER BY id";
const PRODUCT: &str = "SELECT id, name, description, price, category, in_stock FROM products WHERE id = $1";
const INSERT: &str = "INSERT INTO products (name, description, price, category, in_stock) \
                      VALUES ($1, $2, $3, $4, $5) RETURNING id, name, description, price, category, in_stock";
const REPLACE: &str = "UPDATE products SET name = $1, description = $2, price = $3, category = $4, in_stock = $5 \
                       WHERE id = $6 RETURNING id, name, description, price, category, in_stock";
const DELETE: &str = "DELETE FROM products WHERE id = $1";
// Everybody knows the passwords and tokens of seeded users: whoever may not meet them asks with `FALSE`.
const USER_BY_TOKEN: &str = "SELECT users.id, username, email, roles FROM tokens JOIN users ON users.id = user_id \
                             WHERE hash = $1 AND expires_at > $2 AND seeded <= $3";
const PASSWORD: &str = "SELECT id, password_hash FROM users WHERE username = $1 AND seeded <= $2";
const FORGET_TOKENS: &str = "DELETE FROM tokens WHERE expires_at <= $1";
const KEEP_TOKEN: &str = "INSERT INTO tokens (hash, user_id, expires_at) VALUES ($1, $2, $3)";
const IS_EMPTY: &str = "SELECT NOT EXISTS (SELECT 1 FROM users)";

/// A token as it is stored: the token itself is nowhere.
pub(crate) struct StoredToken {
    pub(crate) hash: Vec<u8>,
    pub(crate) user: i64,
    pub(crate) expires_at: i64,
}

/// What the service asks of its database.
#[async_trait]
pub(crate) trait Store: Send + Sync {
    /// Fills a database that has no users yet: what somebody deleted later stays deleted.
    async fn seed(&self) -> sqlx::Result<()>;

    async fn products(&self) -> sqlx::Result<Vec<Product>>;
    async fn product(&self, id: i64) -> sqlx::Result<Option<Product>>;
    async fn insert(&self, fields: &ProductFields) -> sqlx::Result<Product>;
    async fn replace(&self, id: i64, fields: &ProductFields) -> sqlx::Result<Option<Product>>;
    /// Whether there was such a product.
    async fn delete(&self, id: i64) -> sqlx::Result<bool>;

    /// The owner of a token that is valid at `now`. `seeded` users are met in development only.
    async fn user_by_token(&self, hash: &[u8], now: i64, seeded: bool) -> sqlx::Result<Option<User>>;
    /// Number and password hash of a user.
    async fn password(&self, username: &str, seeded: bool) -> sqlx::Result<Option<(i64, String)>>;
    /// Keeps a token, and forgets those that have expired by `now`.
    async fn keep_token(&self, token: StoredToken, now: i64) -> sqlx::Result<()>;
}

/// Opens the database that the configuration names, with its tables up to date, and in development with something in
/// them. Also says which version the tables have.
pub(crate) async fn open(surroundings: &Surroundings) -> Result<(Arc<dyn Store>, i64), StartError> {
    let database = surroundings.database(DEFAULT_URL).await?;
    let (store, migrations): (Arc<dyn Store>, _) = match &database {
        Database::Sqlite(pool) => (Arc::new(sqlite::Sqlite(pool.clone())), &sqlite::MIGRATIONS),
        Database::Postgres(pool) => (Arc::new(postgres::Postgres(pool.clone())), &postgres::MIGRATIONS),
        _ => return Err(StartError::surroundings("the catalogue keeps its data in SQLite or Postgres")),
    };
    let version = database.migrate(migrations).await?;
    Ok((store, version))
}
