//! The most memory that a process has while it is watched.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Result, anyhow};

use crate::exercise::server::memory;

/// Looks again and again.
pub(super) struct Sampler {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<f64>>,
}

impl Sampler {
    pub(super) fn start(process: u32) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut most = memory(process)?;
            while !stopped.load(Relaxed) {
                std::thread::sleep(Duration::from_millis(20));
                most = most.max(memory(process)?);
            }
            Ok(most)
        });
        Self { stop, thread }
    }

    /// The most, in MiB.
    pub(super) fn stop(self) -> Result<f64> {
        self.stop.store(true, Relaxed);
        self.thread.join().map_err(|_| anyhow!("who watches the memory panicked"))?
    }
}
