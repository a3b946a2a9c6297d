//! The fixture's own section of the configuration, and how it starts.

use std::{future, time::Duration};

use schemars::JsonSchema;
use serde::Deserialize;
use testudo::{Database, Secret, StartError, Surroundings};

/// What the tests tell the fixture.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Own {
    /// A secret of the service's own.
    key: Option<Secret>,
    /// Whether the database is opened, so that a wrong URL is found at start.
    database: bool,
    /// Whether the start never ends.
    hangs: bool,
    /// Whether the start has a bug.
    panics: bool,
    /// Milliseconds that the start takes.
    takes_ms: u64,
}

pub(crate) async fn open(surroundings: Surroundings<Own>) -> Result<(), StartError> {
    let own = surroundings.app();
    tracing::debug!(?own, "opening");
    if own.key.as_ref().is_some_and(|key| key.expose().is_empty()) {
        return Err(StartError::surroundings("`app.key` is empty: give it a value"));
    }
    if own.hangs {
        tracing::info!("never ready");
        future::pending::<()>().await;
    }
    assert!(!own.panics, "a bug of the start");
    tokio::time::sleep(Duration::from_millis(own.takes_ms)).await;
    if own.database {
        match surroundings.database("sqlite::memory:").await? {
            Database::Sqlite(_) => tracing::info!("SQLite is open"),
            Database::Postgres(_) => tracing::info!("Postgres is open"),
            _ => tracing::info!("a database is open"),
        }
    }
    Ok(())
}
