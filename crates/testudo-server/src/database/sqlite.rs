//! SQLite: one file, one process.

use std::str::FromStr;

use sqlx::{
    Connection, SqliteConnection, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::PoolGauge;
use crate::{error::StartError, health::Check, surroundings::World};

/// Databases up to this size are read through when they are opened: about 0.1 s.
const CHECKED_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// A result code: somebody else holds the file.
const BUSY: u32 = 5;

/// Opens the file, which is created if there is none, and reads it once: a damaged page is found now, and not by a
/// request.
pub(super) async fn open(world: &World, url: &str) -> Result<SqlitePool, StartError> {
    let settings = &world.settings().database;
    let options = options(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // What was committed survives a power failure (https://www.sqlite.org/pragma.html#pragma_synchronous).
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(*settings.acquire_timeout)
        .foreign_keys(true);
    let file = options.get_filename().display().to_string();
    let pool = SqlitePoolOptions::new()
        .max_connections(settings.max_connections)
        .min_connections(settings.min_connections)
        .acquire_timeout(*settings.acquire_timeout)
        .max_lifetime(None)
        .idle_timeout(*settings.idle_timeout)
        // A full disk ends a transaction by itself (https://www.sqlite.org/lang_transaction.html, "response to errors"),
        // and the connection still believes to be in it: every later one would be refused, for good.
        .after_release(|connection, _| {
            Box::pin(async move {
                // Answered once what a dropped transaction has left to be done is done.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        });
    let pool = pool.connect_with(options.clone()).await.map_err(|error| unusable(&file, error))?;
    check_pages(&pool, &file).await?;
    world.watch_pool(PoolGauge::of("sqlite", &file, &pool));
    let closing = pool.clone();
    world.on_stop(async move { closing.close().await });
    // With a connection of its own: a pool that is used up is no dead database.
    world.add_check(Check::new("database", move || {
        let options = options.clone().create_if_missing(false);
        async move {
            let mut connection = SqliteConnection::connect_with(&options).await?;
            sqlx::query("SELECT 1 FROM sqlite_schema LIMIT 1").execute(&mut connection).await?;
            connection.close().await
        }
    }));
    Ok(pool)
}

/// What the driver understands of a URL.
pub(super) fn options(url: &str) -> Result<SqliteConnectOptions, StartError> {
    SqliteConnectOptions::from_str(url).map_err(|error| {
        StartError::surroundings("database.url is no SQLite URL: use one such as `sqlite://catalog.db`")
            .caused_by(error)
    })
}

/// Brings the tables up to date while nobody else writes: a process that waited finds done what another did.
pub(super) async fn migrate(pool: &SqlitePool, migrations: &Migrator) -> Result<(), MigrateError> {
    if migrations.iter().any(|migration| migration.no_tx) {
        // What it does cannot be done inside a transaction, and so not under its lock.
        return migrations.run(pool).await;
    }
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    migrations.run_direct(None, &mut *transaction, false).await?;
    Ok(transaction.commit().await?)
}

/// Reads every page of a database that is read in a moment. One that is larger tells of its damage when it is used:
/// a start must not grow with what is stored.
async fn check_pages(pool: &SqlitePool, file: &str) -> Result<(), StartError> {
    if std::fs::metadata(file).is_ok_and(|file| file.len() > CHECKED_MAX_BYTES) {
        return Ok(());
    }
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
    // Both wait as long for whoever holds the file: either may give up first.
    let code = if matches!(error, sqlx::Error::PoolTimedOut) { Some(BUSY) } else { code };
    let sentence = match code.map(|code| code & 0xff) {
        Some(11 | 26) => corrupt(file),
        Some(3 | 8 | 10 | 13 | 14 | 23) => StartError::surroundings(format!(
            "the database {file} cannot be opened: its folder has to exist and to be writable, with space left; \
             choose another place with TESTUDO__DATABASE__URL"
        )),
        Some(BUSY | 6) => StartError::surroundings(format!(
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

#[cfg(test)]
mod tests;
