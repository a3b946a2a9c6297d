//! Requests per second of every scenario with a check, over HTTP on the loopback interface: each in a process of its
//! own, taking turns in a new order every round. Prints JSON.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "figures go to stdout, progress to stderr")]

use std::{
    io::{BufRead, BufReader, IsTerminal},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result};
use clap::Parser;
use serde_json::json;
use testudo_benches::{Checks, Scenario, load::Client, request};
use tokio::{runtime::Builder, task::LocalSet};

/// Measures requests per second.
#[derive(Parser)]
struct Options {
    /// How often every scenario has its turn.
    #[arg(long)]
    rounds: u32,
    /// How long a turn is.
    #[arg(long)]
    seconds: f64,
    /// How many connections wait for answers at the same time.
    #[arg(long, default_value_t = 16)]
    connections: usize,
}

/// A scenario that is being served.
struct Contender {
    scenario: Scenario,
    server: Child,
    client: Client,
    per_second: Vec<f64>,
    cpu_nanoseconds: Vec<f64>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let contenders = LocalSet::new().block_on(&runtime, measure(&options))?;
    let figures = contenders.iter().map(|contender| {
        json!({
            "id": contender.scenario.id(),
            "sentence": contender.scenario.sentence(),
            "per_second": contender.per_second,
            "cpu_nanoseconds": contender.cpu_nanoseconds,
        })
    });
    println!("{}", serde_json::Value::Array(figures.collect()));
    Ok(())
}

async fn measure(options: &Options) -> Result<Vec<Contender>> {
    let request: &'static [u8] = request::bytes().leak();
    let turn = Duration::from_secs_f64(options.seconds);
    let mut contenders = Vec::new();
    for scenario in Scenario::ALL.into_iter().filter(|scenario| scenario.checks != Checks::None) {
        let mut contender = Contender::start(scenario, options.connections).await?;
        contender.client.requests_per_second(request, turn).await?;
        contenders.push(contender);
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
    async fn start(scenario: Scenario, connections: usize) -> Result<Self> {
        let program = std::env::current_exe()?.with_file_name("serve");
        let mut command = Command::new(&program);
        command.arg(scenario.id()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut address = String::new();
        BufReader::new(server.stdout.take().context("no output")?).read_line(&mut address)?;
        let client = Client::connect(address.trim().parse()?, connections).await?;
        Ok(Self { scenario, server, client, per_second: Vec::new(), cpu_nanoseconds: Vec::new() })
    }

    async fn take_turn(&mut self, request: &'static [u8], turn: Duration) -> Result<()> {
        let before = self.cpu_time();
        let per_second = self.client.requests_per_second(request, turn).await?;
        if let (Some(before), Some(after)) = (before, self.cpu_time()) {
            self.cpu_nanoseconds.push((after - before) / (per_second * turn.as_secs_f64()));
        }
        self.per_second.push(per_second);
        Ok(())
    }

    /// Nanoseconds that the server has run so far, where the kernel says.
    fn cpu_time(&self) -> Option<f64> {
        let text = std::fs::read_to_string(format!("/proc/{}/schedstat", self.server.id())).ok()?;
        text.split(' ').next()?.parse().ok()
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.server.stdin.take());
        let _ = self.server.wait();
    }
}
