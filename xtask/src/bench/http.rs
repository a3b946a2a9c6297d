//! Requests per second over HTTP, and the ratios between those who took turns.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Deserialize;

use super::programs::Programs;
use crate::{
    stats::{Interval, Spread},
    table,
};

/// A contender against another, and the ratio of requests per second it must reach.
pub(super) struct Bar {
    one: &'static str,
    other: &'static str,
    at_least: Option<f64>,
    words: &'static str,
}

impl Bar {
    pub(super) const fn new(
        one: &'static str,
        other: &'static str,
        at_least: Option<f64>,
        words: &'static str,
    ) -> Self {
        Self { one, other, at_least, words }
    }
}

#[derive(Deserialize)]
struct Http {
    sentence: String,
    per_second: Vec<f64>,
    cpu_nanoseconds: Vec<f64>,
}

/// Lets all contenders take turns, and says whether every bar is reached.
pub(super) fn measure(programs: &Programs, rounds: u32, seconds: f64, bars: &[Bar]) -> Result<bool> {
    let arguments = [format!("--rounds={rounds}"), format!("--seconds={seconds}")];
    let figures: BTreeMap<String, Http> = programs.figures("over-http", &arguments)?;
    let row = |figure: &Http| {
        let Spread { min, median, max } = Spread::of(&figure.per_second);
        let cpu = if figure.cpu_nanoseconds.is_empty() {
            f64::NAN
        } else {
            Spread::of(&figure.cpu_nanoseconds).median
        };
        let cells =
            [format!("{median:.0}"), format!("{min:.0} .. {max:.0}"), format!("{:.2} us", cpu / 1000.0)];
        [figure.sentence.clone()].into_iter().chain(cells).collect()
    };
    table::print(
        &["scenario", ">requests/s", ">spread", ">server time"],
        &figures.values().map(row).collect::<Vec<_>>(),
    );
    println!();

    let mut good = true;
    let mut rows = Vec::new();
    for bar in bars {
        let (one, other) = (&figures[bar.one], &figures[bar.other]);
        let ratio = Interval::of_pairs(&one.per_second, &other.per_second, |one, other| one / other);
        let cpu = Interval::of_pairs(&one.cpu_nanoseconds, &other.cpu_nanoseconds, |one, other| other / one);
        let reached = bar.at_least.is_none_or(|bar| ratio.median >= bar);
        good &= reached;
        let verdict = match bar.at_least {
            None => "",
            Some(_) if reached => "reached",
            Some(_) => "MISSED",
        };
        let least = bar.at_least.map_or_else(|| "-".to_owned(), |bar| format!("{bar:.2}"));
        let cells = [bar.words.to_owned(), ratio.to_string(), cpu.to_string(), least];
        rows.push(cells.into_iter().chain([verdict.to_owned()]).collect());
    }
    let header = ["ratio of requests/s, paired by round", ">median (95 %)", ">by server time", ">bar", ""];
    table::print(&header, &rows);
    Ok(good)
}
