//! `cargo xtask exercise start`: how soon a service answers, and what it takes while it has nothing to do.

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use super::{
    Extent, Programs, client,
    figures::{Bound, Figures, count},
    server::{Launch, free_port, memory},
};
use crate::{
    process::{progress, section},
    stats::{Spread, percentile},
};

pub(super) fn run(programs: &Programs, extent: Extent) -> Result<bool> {
    let runs = extent.pick(30, 10);
    section(&format!("{runs} starts of the catalogue, with a database that is there"));
    let folder = tempfile::tempdir()?;
    let program = programs.path("catalog");
    // The first makes the database, and fills it.
    drop(launch(&program, folder.path(), 0).start()?.ready()?);

    let (mut times, mut idle) = (Vec::new(), Vec::new());
    for run in 0..runs {
        progress(&format!("start {run} of {runs}"));
        let (time, memory) = one(&program, folder.path())?;
        times.push(time);
        idle.push(memory);
    }
    progress("");
    let spread = Spread::of(&times);
    let mut figures = Figures::default();
    figures.note("starts", count(runs), "", Bound::Any);
    figures.note("first 200 on /readiness, fastest", spread.min, "ms", Bound::Any);
    figures.note("first 200 on /readiness, median", spread.median, "ms", extent.at_most(50.0, 2_000.0));
    figures.note("first 200 on /readiness, p95", percentile(&times, 95.0), "ms", Bound::Any);
    figures.note("memory while it idles, median", Spread::of(&idle).median, "MiB", Bound::AtMost(25.0));
    figures.note("memory while it idles, most", Spread::of(&idle).max, "MiB", Bound::AtMost(25.0));
    Ok(figures.print())
}

/// Development, because only there the catalogue has something in it.
fn launch<'a>(program: &'a Path, folder: &'a Path, port: u16) -> Launch<'a> {
    Launch::new(program, folder).set("TESTUDO__ENVIRONMENT", "development").set("TESTUDO__SERVER__PORT", port)
}

/// Milliseconds to the first answer, and MiB half a second later.
fn one(program: &Path, folder: &Path) -> Result<(f64, f64)> {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let launch = launch(program, folder, address.port());
    let start = Instant::now();
    let mut child = launch.spawn()?;
    let ready = || client::get(address, "/readiness").is_ok_and(|answer| answer.status == 200);
    while !ready() {
        ensure!(start.elapsed() < Duration::from_secs(20), "it does not get ready");
        std::thread::sleep(Duration::from_micros(250));
    }
    let took = start.elapsed().as_secs_f64() * 1_000.0;
    std::thread::sleep(Duration::from_millis(500));
    let memory = memory(child.id());
    child.kill()?;
    child.wait()?;
    Ok((took, memory?))
}
