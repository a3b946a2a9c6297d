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
    Extent, Programs,
    client::{self, Connection},
    figures::{Bound, Figures, count},
    server::{Launch, Server, until},
};
use crate::{needs, process::section};

/// Between two runs of the health check, and how long one may take.
const PERIOD: Duration = Duration::from_secs(1);
const CHECK_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a request waits for a connection, and a statement runs.
const ACQUIRE: Duration = Duration::from_secs(1);
const STATEMENT: Duration = Duration::from_secs(2);
/// Connections, and requests that want one at a time.
const POOL: usize = 5;
const CROWD: usize = 40;
/// Locks a table until it is [told](UNLOCK) that it is enough, and for a minute at most.
const LOCK: &str = "BEGIN; LOCK TABLE products IN ACCESS EXCLUSIVE MODE; DO $$ BEGIN FOR tenth IN 1..600 LOOP \
                    EXIT WHEN EXISTS (SELECT FROM pg_class WHERE relname = 'enough'); \
                    PERFORM pg_sleep(0.1); END LOOP; END $$; COMMIT";
const UNLOCK: &str = "CREATE TABLE enough ()";
/// Whoever waits longer has failed.
const LONG: Duration = Duration::from_mins(1);

/// What has its time.
struct Pace {
    /// Of each kind.
    probes: usize,
    /// How long a request may take: longer than any other limit with its margin, so that it makes up for none.
    request: Duration,
    /// Beyond what was promised: the machine does other things, too.
    margin: Duration,
    /// Until readiness says so, in seconds.
    noticed: f64,
    /// How long recovery may take once the database serves.
    recovery: Duration,
    /// What a probe may take.
    quick: probes::Quick,
}

impl Pace {
    fn of(extent: Extent) -> Self {
        let promised = (PERIOD * 2).as_secs_f64();
        let full = Self {
            probes: 1_000,
            request: Duration::from_secs(4),
            margin: Duration::from_millis(500),
            noticed: promised + 0.2,
            recovery: Duration::from_secs(4),
            quick: probes::PROMISED,
        };
        let reduced = Self {
            probes: 200,
            request: Duration::from_secs(10),
            margin: Duration::from_secs(4),
            noticed: promised + 10.0,
            recovery: Duration::from_secs(20),
            quick: probes::WITHOUT_THE_DATABASE,
        };
        extent.pick(full, reduced)
    }

    fn recovered(&self) -> Bound {
        Bound::AtMost(self.recovery.as_secs_f64())
    }
}

pub(super) fn run(programs: &Programs, extent: Extent) -> Result<bool> {
    needs::provide(&[needs::POSTGRES])?;
    let pace = Pace::of(extent);
    let mut good = frozen(programs, &pace)?;
    good &= used_up(programs, &pace)?;
    good &= restarted(programs, &pace)?;
    for end in [End::Stop, End::Freeze] {
        good &= promoted(programs, &pace, end)?;
    }
    Ok(good)
}

/// The catalogue, filled, on these hosts.
fn catalogue(programs: &Programs, pace: &Pace, folder: &Path, hosts: &str) -> Result<Server> {
    let millis = |duration: Duration| format!("{}ms", duration.as_millis());
    Launch::new(&programs.path("catalog"), folder)
        .set("TESTUDO__ENVIRONMENT", "development")
        .set("TESTUDO__DATABASE__URL", format!("postgres://postgres@{hosts}/postgres"))
        .set("TESTUDO__DATABASE__MAX_CONNECTIONS", POOL)
        .set("TESTUDO__DATABASE__ACQUIRE_TIMEOUT", millis(ACQUIRE))
        .set("TESTUDO__DATABASE__STATEMENT_TIMEOUT", millis(STATEMENT))
        .set("TESTUDO__SERVER__REQUEST_TIMEOUT", millis(pace.request))
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

fn frozen(programs: &Programs, pace: &Pace) -> Result<bool> {
    section("the database freezes, and goes on");
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let server = catalogue(programs, pace, folder.path(), &postgres.address())?;
    let mut figures = Figures::default();
    serves(&server)?;
    let (health, readiness) =
        (probes::ask(&server, "/health", pace.probes)?, probes::ask(&server, "/readiness", pace.probes)?);
    health.note("/health before", 200, probes::ANY, &mut figures);
    readiness.note("/readiness before", 200, probes::ANY, &mut figures);

    postgres.freeze();
    let noticed = readiness_is(&server, 503)?;
    figures.note("/readiness says 503 after", noticed, "s", Bound::AtMost(pace.noticed));
    // Whoever asks while it is frozen is told so, and holds up nobody.
    let crowd = crowd::start(server.address, "/products", CROWD);
    let (health, readiness) =
        (probes::ask(&server, "/health", pace.probes)?, probes::ask(&server, "/readiness", pace.probes)?);
    health.note("/health while it is frozen", 200, pace.quick, &mut figures);
    readiness.note("/readiness while it is frozen", 503, pace.quick, &mut figures);
    crowd::note(&crowd.join()?, "while it is frozen", pace.request + pace.margin, &mut figures);

    postgres.thaw();
    figures.note("/readiness says 200 after", readiness_is(&server, 200)?, "s", pace.recovered());
    figures.note("all requests are answered after", serves(&server)?, "s", pace.recovered());
    Ok(figures.print())
}

fn used_up(programs: &Programs, pace: &Pace) -> Result<bool> {
    section("more requests than connections, and every statement waits");
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let server = catalogue(programs, pace, folder.path(), &postgres.address())?;
    let mut figures = Figures::default();
    std::thread::scope(|scope| {
        let locked = scope.spawn(|| postgres.execute("postgres", LOCK));
        let strained = strain(&server, pace, &mut figures);
        postgres.execute("postgres", UNLOCK);
        let _ = locked.join();
        strained
    })?;
    figures.note("all requests are answered after", serves(&server)?, "s", pace.recovered());
    Ok(figures.print())
}

/// What becomes of requests while their table is locked.
fn strain(server: &Server, pace: &Pace, figures: &mut Figures) -> Result<()> {
    let held = "/products/1";
    until("the table is locked", LONG / 2, || {
        let start = Instant::now();
        Ok(status(server, held) == Some(503) && start.elapsed() >= STATEMENT / 2)
    })?;
    let answers = crowd::ask(server.address, "/products", CROWD)?;
    crowd::note(&answers, "while the table is locked", STATEMENT + ACQUIRE + pace.margin, figures);
    let quick = answers.iter().filter(|answer| answer.after <= ACQUIRE + pace.margin).count();
    let waited = count(CROWD - POOL);
    figures.note("without a connection, told so in time", count(quick), "", Bound::AtLeast(waited));
    figures.claim(
        "/readiness says 200: a pool that is used up is no dead database",
        status(server, "/readiness") == Some(200),
    );
    Ok(())
}

fn restarted(programs: &Programs, pace: &Pace) -> Result<bool> {
    section("the database stops, and starts again");
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let server = catalogue(programs, pace, folder.path(), &postgres.address())?;
    let mut figures = Figures::default();
    serves(&server)?;
    postgres.stop();
    let answers = crowd::ask(server.address, "/products", CROWD)?;
    crowd::note(&answers, "while it is gone", ACQUIRE + pace.margin, &mut figures);
    figures.note("/readiness says 503 after", readiness_is(&server, 503)?, "s", Bound::AtMost(pace.noticed));
    figures.claim("/health says 200", status(&server, "/health") == Some(200));
    postgres.start_again();
    figures.note("/readiness says 200 after", readiness_is(&server, 200)?, "s", pace.recovered());
    figures.note("all requests are answered after", serves(&server)?, "s", pace.recovered());
    Ok(figures.print())
}

/// How a primary ends.
#[derive(Debug, Clone, Copy)]
enum End {
    Stop,
    Freeze,
}

fn promoted(programs: &Programs, pace: &Pace, end: End) -> Result<bool> {
    let words = match end {
        End::Stop => "stops",
        End::Freeze => "freezes",
    };
    section(&format!("two servers: the primary {words}, and its standby is promoted"));
    let (folder, postgres) = (tempfile::tempdir()?, Postgres::start()?);
    let standby = postgres.standby()?;
    let hosts = format!("{},{}", postgres.address(), standby.address());
    let server = catalogue(programs, pace, folder.path(), &hosts)?;
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
    crowd::note(&crowd.join()?, "while it happens", pace.request + pace.margin, &mut figures);
    until("writes are taken", LONG, || Ok(write(&server)? == 201))?;
    // Once everybody who still waits for the old one has run out of time.
    let most = (pace.request + pace.recovery).as_secs_f64();
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
