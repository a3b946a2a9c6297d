//! `cargo xtask exercise frozen-database`: a Postgres that freezes, stops, is used up, and is replaced.

mod crowd;
mod probes;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Result;
use testudo_testkit::Postgres;

use super::{
    Programs,
    client::{self, Connection},
    figures::{Bound, Figures, count},
    server::{Launch, Server, until},
};
use crate::{needs, process::section};

/// Between two runs of the health check, and how long one may take.
const PERIOD: Duration = Duration::from_secs(1);
const CHECK_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a request waits for a connection, a statement runs, a request takes.
const ACQUIRE: Duration = Duration::from_secs(1);
const STATEMENT: Duration = Duration::from_secs(2);
const REQUEST: Duration = Duration::from_secs(4);
/// Beyond what was promised: the machine does other things, too.
const MARGIN: Duration = Duration::from_millis(500);
/// Connections, and requests that want one at a time.
const POOL: usize = 5;
const CROWD: usize = 40;
/// Whoever waits longer has failed.
const LONG: Duration = Duration::from_mins(1);
/// How long recovery may take once the database serves.
const RECOVERY: Duration = Duration::from_secs(4);

pub(super) fn run(programs: &Programs, reduced: bool) -> Result<bool> {
    needs::provide(&[needs::POSTGRES])?;
    let probes = if reduced { 200 } else { 1_000 };
    let mut good = frozen(programs, probes)?;
    good &= used_up(programs)?;
    good &= restarted(programs)?;
    for end in [End::Stop, End::Freeze] {
        good &= promoted(programs, end)?;
    }
    Ok(good)
}

/// The catalogue, filled, on these hosts.
fn catalogue(programs: &Programs, folder: &Path, hosts: &str) -> Result<Server> {
    let millis = |duration: Duration| format!("{}ms", duration.as_millis());
    Launch::new(&programs.path("catalog"), folder)
        .set("TESTUDO__ENVIRONMENT", "development")
        .set("TESTUDO__DATABASE__URL", format!("postgres://postgres@{hosts}/postgres"))
        .set("TESTUDO__DATABASE__MAX_CONNECTIONS", POOL)
        .set("TESTUDO__DATABASE__ACQUIRE_TIMEOUT", millis(ACQUIRE))
        .set("TESTUDO__DATABASE__STATEMENT_TIMEOUT", millis(STATEMENT))
        .set("TESTUDO__SERVER__REQUEST_TIMEOUT", millis(REQUEST))
        .set("TESTUDO__HEALTH__PERIOD", millis(PERIOD))
        .set("TESTUDO__HEALTH__TIMEOUT", millis(CHECK_TIMEOUT))
        .start()?
        .ready()
}

fn status(server: &Server, path: &str) -> Option<u16> {
    client::get(server.address, path).ok().map(|answer| answer.status)
}

/// Seconds until readiness says so.
fn readiness_is(server: &Server, expected: u16) -> Result<f64> {
    let what = format!("/readiness says {expected}");
    Ok(until(&what, LONG, || Ok(status(server, "/readiness") == Some(expected)))?.as_secs_f64())
}

/// Seconds until many requests at a time are all answered with 200.
fn serves(server: &Server) -> Result<f64> {
    let all = || -> Result<bool> {
        Ok(crowd::ask(server.address, "/products", POOL * 2)?.iter().all(|answer| answer.status == Some(200)))
    };
    Ok(until("all requests are answered", LONG, all)?.as_secs_f64())
}

fn frozen(programs: &Programs, number: usize) -> Result<bool> {
    section("the database freezes, and goes on");
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let server = catalogue(programs, folder.path(), &postgres.address())?;
    let mut figures = Figures::default();
    serves(&server)?;
    let (health, readiness) =
        (probes::ask(&server, "/health", number)?, probes::ask(&server, "/readiness", number)?);
    health.note("/health before", 200, Bound::Any, &mut figures);
    readiness.note("/readiness before", 200, Bound::Any, &mut figures);

    postgres.freeze();
    let noticed = readiness_is(&server, 503)?;
    let promised = (PERIOD * 2 + CHECK_TIMEOUT).as_secs_f64();
    figures.note("/readiness says 503 after", noticed, "s", Bound::AtMost(promised + 0.2));
    // Whoever asks while it is frozen is told so, and holds up nobody.
    let crowd = crowd::start(server.address, "/products", CROWD);
    let (health, readiness) =
        (probes::ask(&server, "/health", number)?, probes::ask(&server, "/readiness", number)?);
    health.note("/health while it is frozen", 200, probes::P99, &mut figures);
    readiness.note("/readiness while it is frozen", 503, probes::P99, &mut figures);
    crowd::note(&crowd.join()?, "while it is frozen", REQUEST + MARGIN, &mut figures);

    postgres.thaw();
    figures.note(
        "/readiness says 200 after",
        readiness_is(&server, 200)?,
        "s",
        Bound::AtMost(RECOVERY.as_secs_f64()),
    );
    figures.note(
        "all requests are answered after",
        serves(&server)?,
        "s",
        Bound::AtMost(RECOVERY.as_secs_f64()),
    );
    Ok(figures.print())
}

fn used_up(programs: &Programs) -> Result<bool> {
    section("more requests than connections, and every statement waits");
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let server = catalogue(programs, folder.path(), &postgres.address())?;
    let mut figures = Figures::default();
    let lock = "BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(10); COMMIT";
    std::thread::scope(|scope| {
        let locks = scope.spawn(|| postgres.execute("postgres", lock));
        let strained = strain(&server, &mut figures);
        let _ = locks.join();
        strained
    })?;
    figures.note(
        "all requests are answered after",
        serves(&server)?,
        "s",
        Bound::AtMost(RECOVERY.as_secs_f64()),
    );
    Ok(figures.print())
}

/// What becomes of requests while their table is locked.
fn strain(server: &Server, figures: &mut Figures) -> Result<()> {
    let held = "/products/1";
    until("the table is locked", Duration::from_secs(5), || {
        let start = Instant::now();
        Ok(status(server, held) == Some(503) && start.elapsed() >= STATEMENT / 2)
    })?;
    let answers = crowd::ask(server.address, "/products", CROWD)?;
    crowd::note(&answers, "while the table is locked", STATEMENT + ACQUIRE + MARGIN, figures);
    let quick = answers.iter().filter(|answer| answer.after <= ACQUIRE + MARGIN).count();
    let waited = count(CROWD - POOL);
    figures.note("without a connection, told so in time", count(quick), "", Bound::AtLeast(waited));
    figures.claim(
        "/readiness says 200: a pool that is used up is no dead database",
        status(server, "/readiness") == Some(200),
    );
    Ok(())
}

fn restarted(programs: &Programs) -> Result<bool> {
    section("the database stops, and starts again");
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let server = catalogue(programs, folder.path(), &postgres.address())?;
    let mut figures = Figures::default();
    serves(&server)?;
    postgres.stop();
    let answers = crowd::ask(server.address, "/products", CROWD)?;
    crowd::note(&answers, "while it is gone", ACQUIRE + MARGIN, &mut figures);
    let promised = (PERIOD * 2 + CHECK_TIMEOUT).as_secs_f64();
    figures.note(
        "/readiness says 503 after",
        readiness_is(&server, 503)?,
        "s",
        Bound::AtMost(promised + 0.2),
    );
    figures.claim("/health says 200", status(&server, "/health") == Some(200));
    postgres.start_again();
    figures.note(
        "/readiness says 200 after",
        readiness_is(&server, 200)?,
        "s",
        Bound::AtMost(RECOVERY.as_secs_f64()),
    );
    figures.note(
        "all requests are answered after",
        serves(&server)?,
        "s",
        Bound::AtMost(RECOVERY.as_secs_f64()),
    );
    Ok(figures.print())
}

/// How a primary ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Stop,
    Freeze,
}

fn promoted(programs: &Programs, end: End) -> Result<bool> {
    let words = match end {
        End::Stop => "stops",
        End::Freeze => "freezes",
    };
    section(&format!("two servers: the primary {words}, and its standby is promoted"));
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let standby = postgres.standby()?;
    let hosts = format!("{},{}", postgres.address(), standby.address());
    let server = catalogue(programs, folder.path(), &hosts)?;
    let mut figures = Figures::default();
    serves(&server)?;
    anyhow::ensure!(write(&server)? == 201, "the primary takes no writes");
    let written = postgres.execute("postgres", "SELECT pg_current_wal_lsn()");
    until("the standby has followed", LONG, || {
        let heard = format!("SELECT pg_last_wal_replay_lsn() >= '{written}'");
        Ok(standby.execute("postgres", &heard) == "t")
    })?;
    match end {
        End::Stop => postgres.stop(),
        End::Freeze => postgres.freeze(),
    }
    // Requests are in flight when it happens.
    let crowd = crowd::start(server.address, "/products", CROWD);
    standby.promote();
    let since = Instant::now();
    crowd::note(&crowd.join()?, "while it happens", REQUEST + MARGIN, &mut figures);
    until("writes are taken", LONG, || Ok(write(&server)? == 201))?;
    // Once everybody who still waits for the old one has run out of time.
    let most = (REQUEST + RECOVERY).as_secs_f64();
    figures.note("writes are taken after", since.elapsed().as_secs_f64(), "s", Bound::AtMost(most));
    serves(&server)?;
    figures.note("all requests are answered after", since.elapsed().as_secs_f64(), "s", Bound::AtMost(most));
    readiness_is(&server, 200)?;
    figures.note("/readiness says 200 after", since.elapsed().as_secs_f64(), "s", Bound::AtMost(most));
    Ok(figures.print())
}

fn write(server: &Server) -> Result<u16> {
    let product = r#"{"name":"Kettle","description":"Boils","price":1.5,"category":"kitchen"}"#;
    let request = format!(
        "POST /products HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer admin_token\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{product}",
        product.len()
    );
    let mut connection = Connection::open(server.address)?;
    connection.send(request.as_bytes())?;
    Ok(connection.answer()?.status)
}
