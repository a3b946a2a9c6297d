//! Whether all processes together fit into what the server can serve.

use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use testudo_settings::Settings;

use crate::error::StartError;

/// Connections beyond its pool that a process opens for a moment: the health check's, and the look at the primary.
const BESIDES: u64 = 2;

/// Refuses a configuration whose processes could use up the server's connections: the last to start would fail, or
/// worse, the first under load.
pub(super) async fn check(host: &PgConnectOptions, settings: &Settings) -> Result<(), StartError> {
    let statement = "SELECT (current_setting('max_connections')::int8 \
                     - current_setting('superuser_reserved_connections')::int8)";
    let mut connection = PgConnection::connect_with(host).await?;
    let served: i64 = sqlx::query_scalar(statement).fetch_one(&mut connection).await?;
    connection.close().await?;
    decide(settings, u64::try_from(served).unwrap_or(0))
}

fn decide(settings: &Settings, served: u64) -> Result<(), StartError> {
    let processes = u64::from(settings.deploy.replicas) + u64::from(settings.deploy.surge);
    let each = u64::from(settings.database.max_connections) + BESIDES;
    let needed = processes * each;
    if needed <= served {
        return Ok(());
    }
    let fit = (served / processes.max(1)).saturating_sub(BESIDES);
    Err(StartError::surroundings(format!(
        "deploy.replicas + deploy.surge = {processes} processes with database.max_connections = {} need {needed} \
         connections, and Postgres serves {served}: set database.max_connections to at most {fit}, raise \
         max_connections of Postgres, or put pgbouncer in between",
        settings.database.max_connections
    )))
}

#[cfg(test)]
mod tests {
    use testudo_settings::Environment;

    use super::*;

    #[test]
    fn all_processes_together_fit_or_the_service_does_not_start() {
        for (replicas, surge, pool, served, expected) in [
            (1, 1, 10, 97, true),
            (1, 1, 46, 96, true),
            (1, 1, 47, 97, false),
            (4, 1, 18, 100, true),
            (4, 1, 19, 100, false),
            (10_000, 10_000, 10_000, 100, false),
        ] {
            let mut settings = Settings::new(Environment::Test);
            settings.deploy.replicas = replicas;
            settings.deploy.surge = surge;
            settings.database.max_connections = pool;
            let fits = decide(&settings, served).is_ok();
            assert_eq!(fits, expected, "{replicas} + {surge} processes with {pool} of {served}");
        }
    }

    #[test]
    fn the_refusal_names_a_number_that_fits() {
        let mut settings = Settings::new(Environment::Test);
        settings.database.max_connections = 100;
        let error = decide(&settings, 97).unwrap_err().to_string();
        assert!(error.contains("at most 46"), "{error}");
        settings.database.max_connections = 46;
        assert!(decide(&settings, 97).is_ok());
    }
}
