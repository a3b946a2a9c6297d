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

/// Within how many milliseconds they are answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quick {
    half: Bound,
    p99: Bound,
}

pub(super) const ANY: Quick = Quick { half: Bound::Any, p99: Bound::Any };
pub(super) const PROMISED: Quick = Quick { half: Bound::Any, p99: Bound::AtMost(1.0) };
/// Whoever asks the database waits for much longer, every time.
pub(super) const WITHOUT_THE_DATABASE: Quick = Quick { half: Bound::AtMost(100.0), p99: Bound::Any };

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
    pub(super) fn note(&self, words: &str, expected: u16, quick: Quick, figures: &mut Figures) {
        let right = self.statuses.iter().filter(|status| **status == expected).count();
        let all = count(self.statuses.len());
        figures.note(format!("{words}: {expected}"), count(right), "", Bound::Exactly(all));
        figures.note(format!("{words}: p50"), percentile(&self.times, 50.0), "ms", quick.half);
        figures.note(format!("{words}: p99"), percentile(&self.times, 99.0), "ms", quick.p99);
    }
}
