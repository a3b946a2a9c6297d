//! Whether the pgbouncer in between keeps prepared statements apart.

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use crate::error::StartError;

/// What a client's statements are called, unless somebody in between gives them names of its own.
const NAMES: &str = "sqlx\\_s\\_%";
/// The statement exists already, or does not exist (the Postgres documentation, appendix A).
const TAKEN_OR_UNKNOWN: [&str; 2] = ["42P05", "26000"];

/// Refuses a pgbouncer that hands a connection from one client to the next with the statements that the first has
/// prepared. Every service prepares its statements under the same names, so they would fail, or worse, be another's.
pub(super) async fn check(host: &PgConnectOptions) -> Result<(), StartError> {
    let mut connection = PgConnection::connect_with(host).await?;
    // Within a transaction it stays the same server connection.
    let mut transaction = connection.begin().await?;
    // This statement is one, too: without another name it finds itself.
    let found: Result<i64, sqlx::Error> =
        sqlx::query_scalar("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE $1")
            .bind(NAMES)
            .fetch_one(&mut *transaction)
            .await;
    match found {
        Ok(0) => {
            transaction.rollback().await?;
            connection.close().await?;
            Ok(())
        }
        Ok(_) => {
            // Nobody else shall stumble over it.
            let _ = sqlx::raw_sql("DEALLOCATE ALL").execute(&mut *transaction).await;
            Err(refused())
        }
        Err(error) if is_mixed_up(&error) => Err(refused().caused_by(error)),
        Err(error) => Err(error.into()),
    }
}

fn is_mixed_up(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| TAKEN_OR_UNKNOWN.contains(&&*code))
}

fn refused() -> StartError {
    StartError::surroundings(
        "pgbouncer mixes up the prepared statements of its clients: set `max_prepared_statements = 200` in pgbouncer.ini \
         (pgbouncer 1.21 or newer, `pool_mode = transaction`)",
    )
}
