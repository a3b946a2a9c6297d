//! Opening, migrating and seeding the database. Whatever is wrong with it is one sentence with the fix.

use std::{str::FromStr, time::Duration};

use sqlx::{
    SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};
use testudo::StartError;

const DEFAULT_URL: &str = "sqlite://catalog.db";
const CONNECTIONS: u32 = 8;
/// How long a writer waits for another one.
const BUSY: Duration = Duration::from_secs(5);

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The version of the tables that this program works with.
pub(crate) fn version() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Opens the database, which is created if there is none, and brings its tables up to date.
pub(crate) async fn open(url: Option<&str>) -> Result<SqlitePool, StartError> {
    let options = parse(url.unwrap_or(DEFAULT_URL))?;
    let file = options.get_filename().display().to_string();
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
    let pool = pool.connect_with(options).await.map_err(|error| unusable(&file, error))?;
    check(&pool, &file).await?;
    MIGRATIONS.run(&pool).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => unusable(&file, error),
        error => StartError::surroundings(format!(
            "the database {file} belongs to another version of this program: run that one, or choose another \
             database with TESTUDO__DATABASE__URL"
        ))
        .caused_by(error),
    })?;
    Ok(pool)
}

/// Fills a database that has no users yet: what somebody deleted later stays deleted.
pub(crate) async fn seed(pool: &SqlitePool) -> Result<(), StartError> {
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    if sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM users)").fetch_one(&mut *transaction).await? {
        sqlx::raw_sql(include_str!("../seed.sql")).execute(&mut *transaction).await?;
    }
    Ok(transaction.commit().await?)
}

fn parse(url: &str) -> Result<SqliteConnectOptions, StartError> {
    let options = SqliteConnectOptions::from_str(url).ok().filter(|_| url.starts_with("sqlite:"));
    let options = options.ok_or_else(|| {
        StartError::surroundings(
            "TESTUDO__DATABASE__URL names no SQLite database: use a URL such as `sqlite://catalog.db`",
        )
    })?;
    Ok(options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(BUSY)
        .foreign_keys(true))
}

/// Reads the whole file once: a damaged page is found now, and not by a request. It takes milliseconds for a catalogue.
async fn check(pool: &SqlitePool, file: &str) -> Result<(), StartError> {
    let found: Result<String, _> = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(pool).await;
    match found.map_err(|error| unusable(file, error))?.as_str() {
        "ok" => Ok(()),
        damage => Err(corrupt(file).caused_by(damage.replace('\n', " "))),
    }
}

/// A sentence for a result code (<https://www.sqlite.org/rescode.html>).
fn unusable(file: &str, error: sqlx::Error) -> StartError {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok());
    // The lower byte of an extended code is the primary one.
    let sentence = match code.map(|code| code & 0xff) {
        Some(11 | 26) => corrupt(file),
        Some(3 | 8 | 10 | 14 | 23) => StartError::surroundings(format!(
            "the database {file} cannot be opened: its folder has to exist and to be writable; choose another \
             place with TESTUDO__DATABASE__URL"
        )),
        Some(5 | 6) => StartError::surroundings(format!(
            "the database {file} is in use: stop the program that writes to it"
        )),
        _ => StartError::incomplete(format!("the database {file} could not be opened")),
    };
    sentence.caused_by(error)
}

fn corrupt(file: &str) -> StartError {
    StartError::surroundings(format!(
        "the database {file} is corrupt, or no SQLite database: restore a backup, or move it away to start with \
         an empty one"
    ))
}
