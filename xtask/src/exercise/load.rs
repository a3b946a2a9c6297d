//! Load that does not wait for answers: every request has its time, and what comes late is late.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use super::client::Connection;
use crate::stats::percentile;

/// Requests that may be in flight at a time. Beyond it they come late, which their latency says.
const CLIENTS: usize = 24;

/// Requests at a steady rate, until it is stopped.
#[derive(Debug)]
pub(super) struct Load {
    stop: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Report>>,
}

/// What became of them.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// From the time at which a request was due to its whole answer, in milliseconds.
    pub(super) latencies: Vec<f64>,
    /// What went wrong, and how often.
    pub(super) failed: BTreeMap<String, usize>,
}

impl Load {
    /// Asks for `paths` in turn, `per_second` times, from now on. Nothing is asked twice.
    pub(super) fn start(address: SocketAddr, paths: &'static [&'static str], per_second: u32) -> Self {
        let (stop, turn) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let start = Instant::now();
        let client = |_| {
            let (stop, turn) = (Arc::clone(&stop), Arc::clone(&turn));
            std::thread::spawn(move || {
                let mut client = Client { address, connection: None, report: Report::default() };
                while !stop.load(Relaxed) {
                    let number = turn.fetch_add(1, Relaxed);
                    let due = start + Duration::from_secs(1) * number / per_second;
                    std::thread::sleep(due.saturating_duration_since(Instant::now()));
                    client.ask(paths[number as usize % paths.len()], due);
                }
                client.report
            })
        };
        let clients = (0..CLIENTS).map(client).collect();
        Self { stop, clients }
    }

    /// Ends it, and waits for the answers to what is in flight.
    pub(super) fn stop(self) -> Result<Report> {
        self.stop.store(true, Relaxed);
        let mut all = Report::default();
        for client in self.clients {
            let report = client.join().map_err(|_| anyhow!("a client panicked"))?;
            all.latencies.extend(report.latencies);
            for (what, times) in report.failed {
                *all.failed.entry(what).or_default() += times;
            }
        }
        Ok(all)
    }

    /// Goes on for so long.
    pub(super) fn stop_after(self, duration: Duration) -> Result<Report> {
        std::thread::sleep(duration);
        self.stop()
    }
}

impl Report {
    pub(super) fn failures(&self) -> usize {
        self.failed.values().sum()
    }

    pub(super) fn total(&self) -> usize {
        self.latencies.len() + self.failures()
    }

    pub(super) fn percentile(&self, percent: f64) -> f64 {
        percentile(&self.latencies, percent)
    }

    /// Says what went wrong.
    pub(super) fn explain(&self) {
        for (what, times) in &self.failed {
            println!("failed {times} times: {what}");
        }
    }
}

struct Client {
    address: SocketAddr,
    connection: Option<Connection>,
    report: Report,
}

impl Client {
    fn ask(&mut self, path: &str, due: Instant) {
        let failed = match self.answer(path) {
            Ok(200) => {
                self.report.latencies.push(due.elapsed().as_secs_f64() * 1_000.0);
                return;
            }
            Ok(status) => format!("{path}: {status}"),
            Err(why) => {
                self.connection = None;
                format!("{path}: {why}")
            }
        };
        *self.report.failed.entry(failed).or_default() += 1;
    }

    fn answer(&mut self, path: &str) -> Result<u16, String> {
        let fresh = self.connection.is_none();
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(self.address).map_err(|error| format!("connecting: {error}"))?,
        };
        let place = if fresh { "a new connection" } else { "a kept connection" };
        let answer = connection.get(path).map_err(|error| format!("on {place}: {error}"))?;
        if answer.keeps {
            self.connection = Some(connection);
        }
        Ok(answer.status)
    }
}
