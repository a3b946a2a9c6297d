//! What metrics read of a listener.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};

/// What a connection was doing when its time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimedOut {
    /// The TLS handshake.
    Handshake,
    /// Nothing had come at all.
    FirstByte,
    /// A header section had begun.
    Header,
    /// It waited for its next request.
    KeepAlive,
    /// The client did not read.
    Write,
}

impl TimedOut {
    /// All there are.
    pub(crate) const ALL: [Self; 5] =
        [Self::Handshake, Self::FirstByte, Self::Header, Self::KeepAlive, Self::Write];

    /// The word that metrics have for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Handshake => "handshake",
            Self::FirstByte => "first_byte",
            Self::Header => "header",
            Self::KeepAlive => "keep_alive",
            Self::Write => "write",
        }
    }
}

/// Counts of one listener. Those in the past tense only rise.
#[derive(Debug, Default)]
pub(crate) struct ConnectionCounters {
    pub(super) accepted: AtomicU64,
    pub(super) accept_failed: AtomicU64,
    pub(super) open: AtomicUsize,
    pub(super) reserved: AtomicUsize,
    pub(super) handshake_failed: AtomicU64,
    pub(super) refused: AtomicU64,
    timed_out: [AtomicU64; TimedOut::ALL.len()],
}

impl ConnectionCounters {
    /// Connections accepted.
    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Relaxed)
    }

    /// Times that accepting failed.
    pub(crate) fn accept_failed(&self) -> u64 {
        self.accept_failed.load(Relaxed)
    }

    /// Connections open now, upgraded ones included.
    pub(crate) fn open(&self) -> usize {
        self.open.load(Relaxed)
    }

    /// Connections of the reserve open now.
    pub(crate) fn reserved(&self) -> usize {
        self.reserved.load(Relaxed)
    }

    /// TLS handshakes that failed, other than by time.
    pub(crate) fn handshake_failed(&self) -> u64 {
        self.handshake_failed.load(Relaxed)
    }

    /// Requests on connections of the reserve that were no probes.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Relaxed)
    }

    /// Connections closed because their time was up.
    pub(crate) fn timed_out(&self, what: TimedOut) -> u64 {
        self.timed_out[what as usize].load(Relaxed)
    }

    pub(super) fn count_timed_out(&self, what: TimedOut) {
        self.timed_out[what as usize].fetch_add(1, Relaxed);
    }
}
