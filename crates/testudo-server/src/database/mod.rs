//! Pools of database connections that fail fast, recover alone, and stay within what the server can serve.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | SQLite: one file, one process | `sqlite.rs` |
//! | Postgres: timeouts, lifetime, several hosts of which one is the primary | `postgres/` |
//! | Which errors mean that the database is not there | `unavailable.rs` |
//! | When a connection is replaced | `lifetime.rs` |
//! | What went wrong with a migration | `migrations.rs` |
//! | What metrics read of a pool | `gauge.rs` |

mod gauge;
#[cfg(feature = "postgres")]
mod lifetime;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod migrations;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod unavailable;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use unavailable::is_unavailable;

/// Without a database none is ever away.
#[cfg(not(any(feature = "postgres", feature = "sqlite")))]
pub(crate) fn is_unavailable(_: &(dyn std::error::Error + 'static)) -> bool {
    false
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
use testudo_settings::Environment;

pub(crate) use self::gauge::PoolGauge;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
use crate::{error::StartError, surroundings::World};

/// A pool of connections to the database that the configuration names.
///
/// ```
/// use testudo_server::{Database, Environment, StartError, Surroundings};
///
/// async fn version(surroundings: &Surroundings) -> Result<String, StartError> {
///     Ok(match surroundings.database("sqlite::memory:").await? {
///         Database::Sqlite(pool) => sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&pool).await?,
///         Database::Postgres(pool) => sqlx::query_scalar("SHOW server_version").fetch_one(&pool).await?,
///         _ => return Err(StartError::surroundings("use SQLite or Postgres")),
///     })
/// }
///
/// # #[cfg(all(feature = "sqlite", feature = "postgres"))]
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let version = version(&Surroundings::new(Environment::Test)).await.unwrap();
/// assert!(version.starts_with("3."));
/// # });
/// ```
#[cfg(any(feature = "postgres", feature = "sqlite"))]
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Database {
    /// A file, in this process.
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::SqlitePool),
    /// A server, or several of which one is the primary.
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
impl Database {
    /// Opens what `database.url` names, or `default` where nobody depends on it. Its health check, its metrics and its closing are the service's
    /// own business from then on.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "sqlite")),
        expect(clippy::unused_async, reason = "only a database is waited for")
    )]
    pub(crate) async fn open(world: &World, default: &str) -> Result<Self, StartError> {
        let settings = world.settings();
        let url = match &settings.database.url {
            Some(url) => url.expose(),
            None => default_of(settings.environment, default)?,
        };
        match url.split(':').next() {
            #[cfg(feature = "sqlite")]
            Some("sqlite") => sqlite::open(world, url).await.map(Self::Sqlite),
            #[cfg(feature = "postgres")]
            Some("postgres" | "postgresql") => postgres::open(world, url).await.map(Self::Postgres),
            scheme => Err(StartError::surroundings(format!(
                "database.url begins with \"{}:\": this service speaks {KNOWN}",
                scheme.unwrap_or_default()
            ))),
        }
    }

    /// Brings the tables up to date, and says which version they have. Several processes may do so at once.
    ///
    /// ```
    /// # use testudo_server::{Environment, Surroundings};
    /// # #[cfg(feature = "sqlite")]
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// // `sqlx::migrate!()` builds the files of the folder `migrations` in.
    /// let migrations = sqlx::migrate::Migrator::DEFAULT;
    /// let database = Surroundings::new(Environment::Test).database("sqlite::memory:").await.unwrap();
    /// assert_eq!(database.migrate(&migrations).await.unwrap(), 0);
    /// # });
    /// ```
    ///
    /// # Errors
    /// If a migration fails, or the database belongs to another version of the program.
    pub async fn migrate(&self, migrations: &sqlx::migrate::Migrator) -> Result<i64, StartError> {
        let done = match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => sqlite::migrate(pool, migrations).await,
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => migrations.run(pool).await,
        };
        done.map_err(migrations::explained)?;
        Ok(migrations.iter().map(|migration| migration.version).max().unwrap_or_default())
    }
}

/// What a service falls back to is for developers and tests: where others depend on it, data would go to a place that
/// nobody has chosen.
#[cfg(any(feature = "postgres", feature = "sqlite"))]
fn default_of(environment: Environment, default: &str) -> Result<&str, StartError> {
    match environment {
        Environment::Development | Environment::Test => Ok(default),
        Environment::Staging | Environment::Production => Err(StartError::surroundings(format!(
            "{environment} needs to be told where data is kept: set `database.url`, or TESTUDO__DATABASE__URL_FILE to a \
             file that holds it; `sqlite://` with the path of a file is fine as well"
        ))),
    }
}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
const KNOWN: &str = match (cfg!(feature = "sqlite"), cfg!(feature = "postgres")) {
    (true, true) => "`sqlite://` and `postgres://`",
    (true, false) => "`sqlite://`",
    (false, _) => "`postgres://`",
};
