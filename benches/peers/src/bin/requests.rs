//! Sends a number of requests to one peer, which runs below another program: one that counts instructions. Without
//! arguments it names the peers.
#![expect(clippy::print_stdout, reason = "the names")]

use std::process::Stdio;

use anyhow::Result;
use clap::Parser;
use testudo_bench_peers::{Kind, Peer, route};
use testudo_benches::load::Client;
use tokio::{runtime::Builder, task::LocalSet};

/// Sends requests.
#[derive(Parser)]
struct Options {
    #[arg(requires = "requests")]
    peer: Option<Kind>,
    requests: Option<u32>,
    /// The program that the peer runs below, with its arguments.
    #[arg(last = true)]
    wrapper: Vec<String>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let Some(kind) = options.peer else {
        for kind in Kind::ALL {
            println!("{}\t{}", kind.id(), kind.sentence());
        }
        return Ok(());
    };
    let peer = Peer::start(kind, 1, &options.wrapper, Stdio::null())?;
    let runtime = Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        let mut client = Client::connect(peer.address(), 1).await?;
        client.ask_times(route::request().leak(), options.requests.unwrap_or_default()).await
    })?;
    peer.stop()
}
