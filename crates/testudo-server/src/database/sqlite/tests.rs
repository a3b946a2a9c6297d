//! What a disk, another process and another migrator do to a pool.

use sqlx::{
    SqlSafeStr,
    migrate::{Migration, MigrationType},
};
use testudo_settings::{Environment, Period, Settings};

use super::*;

/// A pool of one connection, so that the next to ask gets what the last gave back.
async fn pool_of_one(file: &std::path::Path) -> Result<SqlitePool, StartError> {
    let mut settings = Settings::new(Environment::Test);
    settings.database.max_connections = 1;
    settings.database.acquire_timeout = Period::from_millis(300);
    open(&World::new("test", settings), &format!("sqlite://{}", file.display())).await
}

#[tokio::test]
async fn a_full_disk_costs_what_did_not_fit_and_nothing_later() {
    let folder = tempfile::tempdir().unwrap();
    let pool = pool_of_one(&folder.path().join("app.db")).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (x BLOB)").execute(&pool).await.unwrap();
    for _ in 0..2 {
        sqlx::raw_sql("PRAGMA max_page_count = 4").execute(&pool).await.unwrap();
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let too_much = sqlx::query("INSERT INTO t VALUES (zeroblob(100000))");
        let error = too_much.execute(&mut *transaction).await.unwrap_err();
        assert!(super::super::is_unavailable(&error), "{error}");
        drop(transaction);
    }
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("INSERT INTO t VALUES (1)").execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM t").fetch_one(&pool).await.unwrap();
    assert_eq!(rows, 1);
}

#[tokio::test]
async fn a_file_that_somebody_holds_is_in_use_and_not_slow() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.db");
    let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE t (x); BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    let error = pool_of_one(&file).await.unwrap_err();
    assert!(error.to_string().contains("app.db is in use: stop the program that writes to it"), "{error}");
}

#[tokio::test]
async fn many_who_migrate_at_once_wait_for_each_other() {
    let migrations = Migrator::with_migrations(
        (1..=3)
            .map(|version| {
                let sql = format!("CREATE TABLE t{version} (x); INSERT INTO t{version} VALUES (1)");
                let sql = sqlx::AssertSqlSafe(sql).into_sql_str();
                Migration::new(version, "".into(), MigrationType::Simple, sql, false)
            })
            .collect(),
    );
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("app.db"))
            .journal_mode(SqliteJournalMode::Wal)
            .create_if_missing(true);
        let pool = SqlitePoolOptions::new().max_connections(6).connect_with(options).await.unwrap();
        let done = (0..6).map(|_| migrate(&pool, &migrations));
        for done in futures_util::future::join_all(done).await {
            done.unwrap();
        }
    }
}
