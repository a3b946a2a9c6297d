//! Requests per second of every peer, over HTTP on the loopback interface: each in a process of its own, taking turns in
//! a new order every round. Prints JSON.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "figures go to stdout, progress to stderr")]

use std::{io::IsTerminal, process::Stdio, time::Duration};

use anyhow::Result;
use clap::Parser;
use serde_json::json;
use testudo_bench_peers::{Kind, Peer, contract, route};
use testudo_benches::load::Client;
use tokio::{runtime::Builder, task::LocalSet};

/// Measures requests per second.
#[derive(Parser)]
struct Options {
    /// How often every peer has its turn.
    #[arg(long)]
    rounds: u32,
    /// How long a turn is.
    #[arg(long)]
    seconds: f64,
    /// How many connections wait for answers at the same time.
    #[arg(long, default_value_t = 16)]
    connections: usize,
    /// How many threads serve.
    #[arg(long, default_value_t = 1)]
    workers: usize,
}

/// A peer that is being measured.
struct Contender {
    kind: Kind,
    peer: Peer,
    client: Client,
    per_second: Vec<f64>,
    cpu_nanoseconds: Vec<f64>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let log = std::env::temp_dir().join(format!("testudo-bench-{}.log", std::process::id()));
    Kind::ALL.into_iter().try_for_each(|kind| contract::check(kind, &log))?;
    std::fs::remove_file(&log)?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let contenders = LocalSet::new().block_on(&runtime, measure(&options))?;
    let mut figures = Vec::new();
    for contender in contenders {
        figures.push(json!({
            "id": contender.kind.id(),
            "sentence": contender.kind.sentence(),
            "per_second": contender.per_second,
            "cpu_nanoseconds": contender.cpu_nanoseconds,
        }));
        drop(contender.client);
        contender.peer.stop()?;
    }
    println!("{}", serde_json::Value::Array(figures));
    Ok(())
}

async fn measure(options: &Options) -> Result<Vec<Contender>> {
    let request: &'static [u8] = route::request().leak();
    let turn = Duration::from_secs_f64(options.seconds);
    let mut contenders = Vec::new();
    for kind in Kind::ALL {
        let peer = Peer::start(kind, options.workers, &[], Stdio::null())?;
        let mut client = Client::connect(peer.address(), options.connections).await?;
        client.requests_per_second(request, turn).await?;
        contenders.push(Contender {
            kind,
            peer,
            client,
            per_second: Vec::new(),
            cpu_nanoseconds: Vec::new(),
        });
    }
    for round in 1..=options.rounds {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[2Kround {round} of {}", options.rounds);
        }
        let mut order: Vec<usize> = (0..contenders.len()).collect();
        fastrand::shuffle(&mut order);
        for at in order {
            contenders[at].take_turn(request, turn).await?;
        }
    }
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[2K");
    }
    Ok(contenders)
}

impl Contender {
    async fn take_turn(&mut self, request: &'static [u8], turn: Duration) -> Result<()> {
        let before = self.peer.cpu_time();
        let per_second = self.client.requests_per_second(request, turn).await?;
        if let (Some(before), Some(after)) = (before, self.peer.cpu_time()) {
            self.cpu_nanoseconds.push((after - before) / (per_second * turn.as_secs_f64()));
        }
        self.per_second.push(per_second);
        Ok(())
    }
}
