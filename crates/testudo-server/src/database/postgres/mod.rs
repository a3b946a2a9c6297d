//! Postgres: timeouts on every wait, connections that are replaced in time, and a primary that is found and followed.

mod bouncer;
mod budget;
mod hosts;
mod primary;

use std::{sync::Arc, time::Duration};

use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::{Instant, timeout};

use self::primary::Primary;
use super::{PoolGauge, lifetime};
use crate::{error::StartError, health::Check, surroundings::World};

/// A connection that was idle for longer is asked whether it still lives before a request gets it.
const TRUSTED_IDLE: Duration = Duration::from_secs(2);
/// How long it may take to answer. Then the next connection is tried.
const PING: Duration = Duration::from_millis(500);

/// Connects to the primary among the hosts of the URL.
pub(super) async fn open(world: &World, url: &str) -> Result<PgPool, StartError> {
    let settings = &world.settings().database;
    let hosts: Vec<PgConnectOptions> =
        hosts_of(url)?.into_iter().map(|host| configured(world, host)).collect();
    let names = hosts.iter().map(hosts::name).collect::<Vec<_>>().join(", ");
    let primary =
        Primary::find(hosts, *settings.acquire_timeout).await.map_err(|error| unusable(&names, error))?;
    if settings.pgbouncer {
        bouncer::check(&primary.current()).await?;
    } else {
        budget::check(&primary.current(), world.settings()).await?;
    }
    let primary = Arc::new(primary);
    let pool = pool(world, &primary);
    world.watch_pool(PoolGauge::of("postgres", names, &pool));
    let closing = pool.clone();
    world.on_stop(async move { closing.close().await });
    world.spawn(primary::follow(primary.clone(), pool.clone()));
    // With a connection of its own: a pool that is used up is no dead database.
    world.add_check(Check::new("database", move || {
        let host = primary.current();
        async move {
            let mut connection = PgConnection::connect_with(&host).await?;
            // One round trip, and nothing that is prepared.
            sqlx::raw_sql("SELECT 1").execute(&mut connection).await?;
            connection.close().await
        }
    }));
    Ok(pool)
}

/// What the driver understands of a URL, for each host.
pub(super) fn hosts_of(url: &str) -> Result<Vec<PgConnectOptions>, StartError> {
    hosts::parse(url).map_err(|why| StartError::surroundings(format!("database.url {why}")))
}

/// A sentence for what a server said (<https://www.postgresql.org/docs/current/errcodes-appendix.html>), or did not say.
fn unusable(names: &str, error: sqlx::Error) -> StartError {
    let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    let sentence = match code.as_deref() {
        Some("3D000") => {
            format!("the Postgres at {names} has no such database: create it, or correct database.url")
        }
        Some("28000" | "28P01") => format!(
            "the Postgres at {names} does not let this user in: correct the user of database.url, its password \
             (database.password), or the server's pg_hba.conf"
        ),
        _ => {
            format!(
                "no Postgres that takes writes is reachable at {names}: start it, or set TESTUDO__DATABASE__URL"
            )
        }
    };
    StartError::surroundings(sentence).caused_by(error)
}

fn configured(world: &World, host: PgConnectOptions) -> PgConnectOptions {
    let settings = &world.settings().database;
    let host = match &settings.password {
        Some(password) => host.password(password.expose()),
        None => host,
    };
    let host = host.application_name(world.service());
    if settings.pgbouncer {
        // Parameters given when connecting are refused (pgbouncer's `ignore_startup_parameters`).
        return host.extra_float_digits(None);
    }
    host.options([
        ("statement_timeout", settings.statement_timeout.as_millis().to_string()),
        ("idle_in_transaction_session_timeout", settings.idle_in_transaction_timeout.as_millis().to_string()),
    ])
}

fn pool(world: &World, primary: &Arc<Primary>) -> PgPool {
    let settings = &world.settings().database;
    let lifetime = *settings.max_lifetime;
    let started = Instant::now();
    // Whatever a server that lives still owes by then, it has ended.
    let owed = *settings.statement_timeout + PING;
    let (primary, of_release) = (primary.clone(), primary.clone());
    let options = primary.current();
    PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .min_connections(settings.min_connections)
        .acquire_timeout(*settings.acquire_timeout)
        .idle_timeout(*settings.idle_timeout)
        // The hook below decides both, and within bounds.
        .max_lifetime(None)
        .test_before_acquire(false)
        .before_acquire(move |connection, meta| {
            let is_old = lifetime::is_over(&meta, started.elapsed(), lifetime);
            let is_of_former_primary = primary.changed_since(meta.age);
            Box::pin(async move {
                if is_old || is_of_former_primary {
                    return Ok(false);
                }
                if meta.idle_for <= TRUSTED_IDLE {
                    return Ok(true);
                }
                // A server that is frozen or gone does not answer: the request should not wait for it.
                Ok(matches!(timeout(PING, connection.ping()).await, Ok(Ok(()))))
            })
        })
        // A request may have been given up while the server owed it an answer. The pool itself would wait for that as
        // long as the system keeps the connection, and its place would be lost.
        .after_release(move |connection, meta| {
            let primary = of_release.clone();
            Box::pin(async move {
                tokio::select! {
                    answered = timeout(owed, connection.ping()) => Ok(matches!(answered, Ok(Ok(())))),
                    () = primary.replaced(meta.age) => Ok(false),
                }
            })
        })
        .connect_lazy_with(options)
}
