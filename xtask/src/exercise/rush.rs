//! Connections that come in bursts, and ask once: whoever closes a listener has some of them waiting at it.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::JoinHandle,
};

use anyhow::{Result, anyhow, ensure};

use super::client::Connection;

/// Who comes at a time, and how many times at once.
const BURST: usize = 16;
const CROWDS: usize = 2;
/// It ends the connection. The service closes first, so that none of the client's ports is kept for a minute.
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// Bursts, one after the other, until they are stopped.
#[derive(Debug)]
pub(super) struct Rush {
    stop: Arc<AtomicBool>,
    crowds: Vec<JoinHandle<Rushed>>,
}

/// What became of them.
#[derive(Debug, Default)]
pub(super) struct Rushed {
    answered: usize,
    /// What went wrong, and how often.
    failed: BTreeMap<String, usize>,
}

impl Rush {
    pub(super) fn start(address: SocketAddr) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let crowd = |_| {
            let stop = Arc::clone(&stop);
            std::thread::spawn(move || {
                let mut rushed = Rushed::default();
                while !stop.load(Relaxed) {
                    rushed.burst(address);
                }
                rushed
            })
        };
        let crowds = (0..CROWDS).map(crowd).collect();
        Self { stop, crowds }
    }

    /// Ends it, and waits for those who have come.
    pub(super) fn stop(self) -> Result<Rushed> {
        self.stop.store(true, Relaxed);
        let mut all = Rushed::default();
        for crowd in self.crowds {
            all.add(crowd.join().map_err(|_| anyhow!("a crowd panicked"))?);
        }
        Ok(all)
    }
}

impl Rushed {
    pub(super) fn add(&mut self, other: Self) {
        self.answered += other.answered;
        for (what, times) in other.failed {
            *self.failed.entry(what).or_default() += times;
        }
    }

    pub(super) fn failures(&self) -> usize {
        self.failed.values().sum()
    }

    pub(super) fn total(&self) -> usize {
        self.answered + self.failures()
    }

    /// Says what went wrong.
    pub(super) fn explain(&self) {
        for (what, times) in &self.failed {
            println!("failed {times} times: {what}");
        }
    }

    /// All have asked before the first one listens.
    fn burst(&mut self, address: SocketAddr) {
        let asked: Vec<_> = (0..BURST).map(|_| ask(address)).collect();
        for outcome in asked.into_iter().map(|asked| asked.and_then(answered)) {
            match outcome {
                Ok(()) => self.answered += 1,
                Err(error) => *self.failed.entry(format!("on its own connection: {error}")).or_default() += 1,
            }
        }
    }
}

fn ask(address: SocketAddr) -> Result<Connection> {
    let mut connection = Connection::open(address)?;
    connection.send(REQUEST)?;
    Ok(connection)
}

/// An answer, and then the end.
fn answered(mut connection: Connection) -> Result<()> {
    let status = connection.answer()?.status;
    ensure!(status == 200, "answered with {status}");
    let end = connection.exactly(1).err().map(|error| error.kind());
    ensure!(end == Some(io::ErrorKind::UnexpectedEof), "after the answer: {end:?}");
    Ok(())
}
