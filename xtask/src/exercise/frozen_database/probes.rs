//! Probes, asked as a platform asks: one after the other, on one connection.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{
    exercise::{
        client::Connection,
        figures::{Bound, Figures, count},
        server::Server,
    },
    stats::percentile,
};

/// Between two probes: what is asked without a pause measures how fast one can ask.
const PAUSE: Duration = Duration::from_millis(2);
/// Within how many milliseconds 99 of 100 are answered.
pub(super) const P99: Bound = Bound::AtMost(1.0);

/// What they said, and after how many milliseconds.
pub(super) struct Probes {
    statuses: Vec<u16>,
    times: Vec<f64>,
}

pub(super) fn ask(server: &Server, path: &str, number: usize) -> Result<Probes> {
    let mut connection = Connection::open(server.address)?;
    let (mut statuses, mut times) = (Vec::with_capacity(number), Vec::with_capacity(number));
    for _ in 0..number {
        std::thread::sleep(PAUSE);
        let start = Instant::now();
        let answer = connection.get(path)?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
        statuses.push(answer.status);
        if !answer.keeps {
            connection = Connection::open(server.address)?;
        }
    }
    Ok(Probes { statuses, times })
}

impl Probes {
    pub(super) fn note(&self, words: &str, expected: u16, p99: Bound, figures: &mut Figures) {
        let right = self.statuses.iter().filter(|status| **status == expected).count();
        let all = count(self.statuses.len());
        figures.note(format!("{words}: {expected}"), count(right), "", Bound::Exactly(all));
        figures.note(format!("{words}: p50"), percentile(&self.times, 50.0), "ms", Bound::Any);
        figures.note(format!("{words}: p99"), percentile(&self.times, 99.0), "ms", p99);
    }
}
