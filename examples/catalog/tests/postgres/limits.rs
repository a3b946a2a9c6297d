//! What a connection may take, how old it gets, and how many there may be.

use std::time::{Duration, Instant};

use crate::{
    process::run,
    service::{catalogue, crowd, get, postgres, status, until, until_status},
};

/// Holds the lock that every statement on products waits for, until it is dropped.
struct Locked(std::process::Child);

impl Locked {
    fn products(server: &testudo_testkit::Postgres) -> Self {
        let statement = "BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(300)";
        let mut psql = std::process::Command::new("psql");
        psql.args(["--no-psqlrc", "--quiet", "--dbname", &server.url("postgres"), "--command", statement]);
        let locked = Self(psql.stdout(std::process::Stdio::null()).spawn().expect("psql"));
        let waits = "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted \
                     AND relation = 'products'::regclass";
        until("the table is locked", || server.execute("postgres", waits) == "1");
        locked
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_statement_ends_at_its_time_limit_and_a_request_without_a_connection_at_its_own() {
    let Some(server) = postgres() else { return };
    // Nothing else would end it before the test gives up.
    let service = catalogue(
        &server.address(),
        &[("TESTUDO__DATABASE__STATEMENT_TIMEOUT", "700ms"), ("TESTUDO__SERVER__REQUEST_TIMEOUT", "10m")],
    );
    let locked = Locked::products(&server);
    let start = Instant::now();
    for answer in crowd(&service, "/products", 20).join() {
        assert_eq!(status(&answer), 503, "{answer}");
    }
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    // A pool that is used up is no dead database.
    assert_eq!(status(&get(&service, "/readiness")), 200);
    drop(locked);
    server.execute("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
    until_status(&service, "/products", 200);
}

#[test]
fn connections_are_replaced_at_their_lifetime() {
    let Some(server) = postgres() else { return };
    let service = catalogue(&server.address(), &[("TESTUDO__DATABASE__MAX_LIFETIME", "1s")]);
    // Those of the health check live for one statement.
    let pooled = || {
        let youngest = "SELECT min(backend_start) FROM pg_stat_activity WHERE application_name = 'catalog' \
                        AND query LIKE '%products%'";
        server.execute("postgres", youngest)
    };
    until_status(&service, "/products", 200);
    let first = pooled();
    assert!(!first.is_empty());
    until("the connection is another", || {
        until_status(&service, "/products", 200);
        pooled() != first
    });
}

#[test]
fn a_server_without_room_for_another_connection_is_503_and_never_500() {
    let Some(server) = postgres() else { return };
    let service = catalogue(&server.address(), &[("TESTUDO__DATABASE__STATEMENT_TIMEOUT", "700ms")]);
    until_status(&service, "/products", 200);
    let locked = Locked::products(&server);
    // Whoever is no superuser finds no room; the service is one, so all that there is has to be taken.
    let most: usize = server.execute("postgres", "SHOW max_connections").parse().expect("a number");
    let url = server.url("postgres");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let taken: Vec<sqlx::PgConnection> = runtime.block_on(async {
        use sqlx::Connection;
        let mut taken = Vec::new();
        while let Ok(connection) = sqlx::PgConnection::connect(&url).await {
            taken.push(connection);
            assert!(taken.len() < most, "it takes more than it says");
        }
        taken
    });
    assert!(taken.len() > most / 2, "{}", taken.len());
    for answer in crowd(&service, "/products", 12).join() {
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(answer.contains("retry-after:"), "{answer}");
    }
    drop(taken);
    drop(locked);
    until("all are answered", || {
        server.execute("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
        status(&get(&service, "/products")) == 200
    });
}

#[test]
fn processes_that_could_use_up_the_server_together_do_not_start() {
    let Some(server) = postgres() else { return };
    let url = server.url("postgres");
    let variables = [
        ("TESTUDO__ENVIRONMENT", "development"),
        ("TESTUDO__SERVER__PORT", "0"),
        ("TESTUDO__ADMIN__PORT", "0"),
        ("TESTUDO__DATABASE__URL", url.as_str()),
        ("TESTUDO__DATABASE__MAX_CONNECTIONS", "20"),
        ("TESTUDO__DEPLOY__SURGE", "3"),
    ];
    let ended = run(&["serve"], &variables);
    assert_eq!(ended.code, 2, "{}", ended.stderr);
    for expected in ["4 processes", "need 88 connections", "Postgres serves 57", "at most 12"] {
        assert!(ended.stderr.contains(expected), "{expected}: {}", ended.stderr);
    }
}
