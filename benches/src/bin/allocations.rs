//! Allocations of one request of every scenario, the client's part included. Prints JSON.
#![expect(clippy::print_stdout, reason = "the figures")]

use anyhow::Result;
use serde_json::json;
use testudo_benches::{Scenario, request};

fn main() -> Result<()> {
    let mut figures = Vec::new();
    for scenario in Scenario::ALL {
        let mut router = scenario.router();
        // The first request sets up what later ones share.
        request::call(&mut router)?;
        let mut answered = Ok(());
        let counted = allocation_counter::measure(|| answered = request::call(&mut router));
        answered?;
        figures.push(json!({
            "id": scenario.id(),
            "sentence": scenario.sentence(),
            "allocations": counted.count_total,
            "bytes": counted.bytes_total,
        }));
    }
    println!("{}", serde_json::Value::Array(figures));
    Ok(())
}
