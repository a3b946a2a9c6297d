//! Answers a number of requests of one scenario, for a program that counts instructions. Without arguments it names
//! the scenarios.
#![expect(clippy::print_stdout, reason = "the names")]

use std::hint::black_box;

use anyhow::Result;
use clap::Parser;
use testudo_benches::{Scenario, request};

/// Answers requests.
#[derive(Parser)]
struct Options {
    #[arg(requires = "requests")]
    scenario: Option<Scenario>,
    requests: Option<u32>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let Some(scenario) = options.scenario else {
        for scenario in Scenario::ALL {
            println!("{}\t{}", scenario.id(), scenario.sentence());
        }
        return Ok(());
    };
    let mut router = scenario.router();
    for _ in 0..options.requests.unwrap_or_default() {
        request::call(black_box(&mut router))?;
    }
    Ok(())
}
