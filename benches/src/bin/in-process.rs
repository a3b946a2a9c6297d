//! Nanoseconds per request of every scenario, called without a network: taking turns in a new order every round.
//! Prints JSON.
#![expect(clippy::print_stdout, reason = "the figures")]

use std::{hint::black_box, time::Instant};

use anyhow::Result;
use clap::Parser;
use serde_json::json;
use testudo_benches::{Scenario, request};

/// Measures nanoseconds per request.
#[derive(Parser)]
struct Options {
    /// How often every scenario has its turn.
    #[arg(long)]
    rounds: u32,
    /// How many requests a turn has.
    #[arg(long, default_value_t = 5_000)]
    requests: u32,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let mut contenders = Scenario::ALL.map(|scenario| (scenario, scenario.router(), Vec::new()));
    for (_, router, _) in &mut contenders {
        turn(router, options.requests)?;
    }
    for _ in 0..options.rounds {
        let mut order: Vec<usize> = (0..contenders.len()).collect();
        fastrand::shuffle(&mut order);
        for at in order {
            let (_, router, nanoseconds) = &mut contenders[at];
            nanoseconds.push(turn(router, options.requests)?);
        }
    }
    let figures = contenders.iter().map(|(scenario, _, nanoseconds)| {
        json!({ "id": scenario.id(), "sentence": scenario.sentence(), "nanoseconds": nanoseconds })
    });
    println!("{}", serde_json::Value::Array(figures.collect()));
    Ok(())
}

fn turn(router: &mut axum::Router, requests: u32) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..requests {
        request::call(black_box(router))?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e9 / f64::from(requests))
}
