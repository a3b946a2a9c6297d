//! Connections that have asked once, and then idle.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Amounts;
use crate::exercise::{
    client::Connection,
    figures::{Bound, Figures, count},
    server::Server,
};

/// How long they stay.
const STAY: Duration = Duration::from_secs(3);

pub(super) fn run(server: &Server, amounts: &Amounts, figures: &mut Figures) -> Result<()> {
    let connections = amounts.idle;
    let before = server.memory()?;
    let start = Instant::now();
    let mut open = Vec::with_capacity(connections);
    for number in 0..connections {
        let mut connection = Connection::open(server.address).with_context(|| {
            format!("connection {number}: is the limit of open files (ulimit -n) high enough?")
        })?;
        anyhow::ensure!(connection.get("/")?.status == 200, "connection {number} is refused");
        open.push(connection);
    }
    let opened = start.elapsed();
    std::thread::sleep(STAY);
    let each = (server.memory()? - before) * 1_024.0 / count(connections);
    // All still serve.
    let kept = open.iter_mut().filter_map(|connection| connection.get("/").ok()).count();
    figures.note("connections that idle", count(connections), "", Bound::Any);
    figures.note("opened within", opened.as_secs_f64(), "s", Bound::Any);
    figures.note("connections that still serve", count(kept), "", Bound::Exactly(count(connections)));
    figures.note("memory of each", each, "KiB", Bound::AtMost(amounts.idle_kib));
    Ok(())
}
