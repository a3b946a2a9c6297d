//! Many requests at the same moment.

use std::{
    net::SocketAddr,
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use crate::exercise::{
    client,
    figures::{Bound, Figures, count},
};

/// What became of one of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered {
    /// Nothing, when there was no answer.
    pub(super) status: Option<u16>,
    pub(super) after: Duration,
}

/// Requests that are on their way.
pub(super) struct Crowd(Vec<JoinHandle<Answered>>);

/// Asks, each on a connection of its own.
pub(super) fn start(address: SocketAddr, path: &'static str, requests: usize) -> Crowd {
    let ask = move || {
        let start = Instant::now();
        let status = client::get(address, path).ok().map(|answer| answer.status);
        Answered { status, after: start.elapsed() }
    };
    Crowd((0..requests).map(|_| thread::spawn(ask)).collect())
}

/// Asks, and waits for all answers.
pub(super) fn ask(address: SocketAddr, path: &'static str, requests: usize) -> Result<Vec<Answered>> {
    start(address, path, requests).join()
}

impl Crowd {
    pub(super) fn join(self) -> Result<Vec<Answered>> {
        self.0.into_iter().map(|asked| asked.join().map_err(|_| anyhow!("who asks panicked"))).collect()
    }
}

/// Notes that each was answered with 200 or 503, and how late the last one was.
pub(super) fn note(answers: &[Answered], when: &str, most: Duration, figures: &mut Figures) {
    let of = |expected: u16| answers.iter().filter(|answer| answer.status == Some(expected)).count();
    figures.note(format!("requests {when}"), count(answers.len()), "", Bound::Any);
    figures.note("answered with 200", count(of(200)), "", Bound::Any);
    figures.note("answered with 503", count(of(503)), "", Bound::Any);
    let other = answers.len() - of(200) - of(503);
    figures.note("answered otherwise, or not at all", count(other), "", Bound::Exactly(0.0));
    let latest = answers.iter().map(|answer| answer.after).max().unwrap_or_default();
    figures.note("latest answer", latest.as_secs_f64(), "s", Bound::AtMost(most.as_secs_f64()));
}
