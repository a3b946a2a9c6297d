//! Where data is kept.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::{ConnectionUrl, Period};

/// Where data is kept, and how many connections may be open to it.
///
/// ```
/// let database = testudo_settings::DatabaseSettings::default();
/// assert_eq!((database.max_connections, database.acquire_timeout.as_secs()), (10, 3));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DatabaseSettings {
    /// `sqlite://FILE`, or `postgres://USER@HOST/DATABASE`. Several Postgres hosts are separated by commas; the
    /// primary among them is found and followed. Without a value, the service's own default.
    pub url: Option<ConnectionUrl>,
    /// The password, when it is not part of the URL.
    pub password: Option<crate::value::Secret>,
    /// Most connections of one process.
    #[schemars(range(min = 1, max = 10_000))]
    pub max_connections: u32,
    /// Connections kept open when idle.
    pub min_connections: u32,
    /// How long a request may wait for a connection. Then `503`.
    pub acquire_timeout: Period,
    /// How long one statement may run (Postgres `statement_timeout`).
    pub statement_timeout: Period,
    /// How long a transaction may stay idle (Postgres `idle_in_transaction_session_timeout`).
    pub idle_in_transaction_timeout: Period,
    /// Age at which a connection is replaced, give or take a tenth so that not all are at once.
    pub max_lifetime: Period,
    /// How long an unused connection is kept.
    pub idle_timeout: Period,
    /// A pgbouncer in transaction mode stands in between, with `max_prepared_statements` (1.21 or newer). It gets no
    /// `statement_timeout` from here: set that for the database or its user, and migrate past it.
    pub pgbouncer: bool,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self {
            url: None,
            password: None,
            max_connections: 10,
            min_connections: 0,
            acquire_timeout: Period::from_secs(3),
            statement_timeout: Period::from_secs(10),
            idle_in_transaction_timeout: Period::from_secs(10),
            max_lifetime: Period::from_secs(1_800),
            idle_timeout: Period::from_secs(600),
            pgbouncer: false,
        }
    }
}
