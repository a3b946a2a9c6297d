//! A database that freezes, stops, and is replaced by its standby.

use testudo_testkit::Postgres;

use crate::service::{catalogue, crowd, get, postgres, status, until, until_status, write};

/// A request that waits for a database which does not answer is given up after this.
const REQUEST_TIMEOUT: (&str, &str) = ("TESTUDO__SERVER__REQUEST_TIMEOUT", "1s");

#[test]
fn a_service_is_not_ready_while_its_database_is_frozen_and_recovers_alone() {
    let Some(server) = postgres() else { return };
    let service = catalogue(&server.address(), &[REQUEST_TIMEOUT]);
    until_status(&service, "/readiness", 200);
    server.freeze();
    let asked = crowd(&service, "/products", 12);
    until_status(&service, "/readiness", 503);
    assert_eq!(status(&get(&service, "/health")), 200);
    for answer in asked.join() {
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(answer.contains("retry-after:"), "{answer}");
    }
    server.thaw();
    until_status(&service, "/readiness", 200);
    until_status(&service, "/products", 200);
}

#[test]
fn a_service_recovers_alone_when_its_database_has_started_again() {
    let Some(server) = postgres() else { return };
    let service = catalogue(&server.address(), &[]);
    until_status(&service, "/products", 200);
    server.stop();
    for answer in crowd(&service, "/products", 12).join() {
        assert_eq!(status(&answer), 503, "{answer}");
    }
    until_status(&service, "/readiness", 503);
    assert_eq!(status(&get(&service, "/health")), 200);
    server.start_again();
    until_status(&service, "/readiness", 200);
    until_status(&service, "/products", 200);
}

#[test]
fn a_column_that_the_next_version_adds_does_not_disturb_this_one() {
    let Some(server) = postgres() else { return };
    let service = catalogue(&server.address(), &[("TESTUDO__DATABASE__MAX_CONNECTIONS", "1")]);
    for addition in ["", "ALTER TABLE products ADD COLUMN weight REAL"] {
        if !addition.is_empty() {
            server.execute("postgres", addition);
        }
        assert_eq!(status(&get(&service, "/products")), 200, "after {addition:?}");
        assert_eq!(status(&get(&service, "/products/1")), 200, "after {addition:?}");
        assert_eq!(write(&service), 201, "after {addition:?}");
    }
}

#[test]
fn a_promoted_standby_takes_the_writes_whether_the_old_primary_is_gone_or_frozen() {
    for frozen in [false, true] {
        let Some(primary) = postgres() else { return };
        let standby = primary.standby().expect("a standby");
        let hosts = format!("{},{}", primary.address(), standby.address());
        let one = ("TESTUDO__DATABASE__MAX_CONNECTIONS", "1");
        let service = catalogue(&hosts, &[REQUEST_TIMEOUT, one]);
        assert_eq!(write(&service), 201, "frozen: {frozen}");
        // What it has not heard of is lost with the old primary.
        let known = |server: &Postgres| server.execute("postgres", "SELECT pg_current_wal_lsn()");
        let (written, heard) = (known(&primary), "SELECT pg_last_wal_replay_lsn() >= ");
        until("the standby has followed", || {
            standby.execute("postgres", &format!("{heard}'{written}'")) == "t"
        });
        // Used just now, it is trusted with the next request.
        until_status(&service, "/products", 200);
        if frozen {
            primary.freeze();
        } else {
            primary.stop();
        }
        // One of them has the only connection, and must not keep its place.
        let asked = crowd(&service, "/products", 12);
        standby.promote();
        asked.join();
        until(&format!("the standby takes the writes (frozen: {frozen})"), || write(&service) == 201);
        let answers = || crowd(&service, "/products", 12).join();
        until("all connections serve", || answers().iter().all(|answer| status(answer) == 200));
        until_status(&service, "/readiness", 200);
    }
}
