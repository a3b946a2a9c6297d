//! Serves one scenario on a free port of the loopback interface, in one thread, until its standard input ends.
//! Prints the address.
#![expect(clippy::print_stdout, reason = "the address is what the caller waits for")]

use std::{io::Read, net::TcpListener};

use anyhow::Result;
use clap::Parser;
use testudo_benches::Scenario;

/// Serves one scenario.
#[derive(Parser)]
struct Options {
    scenario: Scenario,
}

fn main() -> Result<()> {
    let router = Options::parse().scenario.router();
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    println!("{}", listener.local_addr()?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener =
            axum::serve::ListenerExt::tap_io(tokio::net::TcpListener::from_std(listener)?, |stream| {
                // A connection that is gone already is noticed when it is read.
                let _ = stream.set_nodelay(true);
            });
        axum::serve(listener, router).with_graceful_shutdown(caller_is_gone()).await
    })?;
    Ok(())
}

async fn caller_is_gone() {
    let wait = || std::io::stdin().read_to_end(&mut Vec::new());
    // However the wait ends, nobody is there any more.
    let _ = tokio::task::spawn_blocking(wait).await;
}
