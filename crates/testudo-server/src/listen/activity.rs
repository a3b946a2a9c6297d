//! What a connection is doing, and until when it may.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use super::{
    counters::TimedOut,
    limits::Limits,
    shutdown::{Shutdown, Stage},
};

/// What a connection without requests in flight is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    FirstByte,
    Header,
    Idle,
}

impl Phase {
    const ALL: [Self; 3] = [Self::FirstByte, Self::Header, Self::Idle];

    pub(super) fn timed_out(self) -> TimedOut {
        match self {
            Self::FirstByte => TimedOut::FirstByte,
            Self::Header => TimedOut::Header,
            Self::Idle => TimedOut::KeepAlive,
        }
    }
}

/// What a connection is doing. Its bytes, its requests and its watch share it without a lock: the connection's own task
/// sets the phase, and a request that ends elsewhere (HTTP/2) only sets the time and then the count.
#[derive(Debug)]
pub(super) struct Activity {
    born: Instant,
    first_byte: Duration,
    header: Duration,
    keep_alive: Duration,
    linger: Duration,
    shutdown: Shutdown,
    phase: AtomicU8,
    /// Since when, in milliseconds of the connection's life.
    since: AtomicU64,
    in_flight: AtomicUsize,
    http2: AtomicBool,
    last: AtomicBool,
    given_up: AtomicBool,
}

impl Activity {
    pub(super) fn new(limits: &Limits, reserved: bool, shutdown: Shutdown) -> Arc<Self> {
        Arc::new(Self {
            born: Instant::now(),
            first_byte: limits.first_byte(reserved),
            header: limits.header(reserved),
            keep_alive: limits.keep_alive_timeout,
            linger: limits.linger,
            shutdown,
            phase: AtomicU8::new(Phase::FirstByte as u8),
            since: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            http2: AtomicBool::new(false),
            // A connection of the reserve serves one request.
            last: AtomicBool::new(reserved),
            given_up: AtomicBool::new(false),
        })
    }

    /// When the connection began: all times count from here.
    pub(super) fn born(&self) -> Instant {
        self.born
    }

    pub(super) fn phase(&self) -> Phase {
        Phase::ALL[usize::from(self.phase.load(Ordering::Relaxed))]
    }

    fn enter(&self, phase: Phase) {
        self.since.store(self.now(), Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> u64 {
        millis(self.born.elapsed())
    }

    /// Bytes have come.
    pub(super) fn received(&self) {
        let starts_a_header = match self.phase() {
            Phase::FirstByte => true,
            Phase::Header => false,
            // Frames of HTTP/2 come at any time; its connection has to begin a request within the keep-alive timeout.
            Phase::Idle => !self.is_http2(),
        };
        if starts_a_header && self.in_flight() == 0 {
            self.enter(Phase::Header);
        }
    }

    /// The connection's preface has come: HTTP/2 from here.
    pub(super) fn speaks_http2(&self) {
        self.http2.store(true, Ordering::Relaxed);
        self.enter(Phase::Idle);
    }

    pub(super) fn is_http2(&self) -> bool {
        self.http2.load(Ordering::Relaxed)
    }

    /// Requests whose response, content included, is not done.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Acquire)
    }

    /// A request's header section is complete.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        self.phase.store(Phase::Idle as u8, Ordering::Relaxed);
        InFlight(Arc::clone(self))
    }

    /// The next response is the connection's last.
    pub(super) fn finish(&self) {
        self.last.store(true, Ordering::Relaxed);
    }

    /// Whether a response has to tell its client to reconnect.
    pub(super) fn is_last(&self) -> bool {
        self.last.load(Ordering::Relaxed) || self.shutdown.stage() >= Stage::Draining
    }

    /// Nothing more is expected of the client: there is no response that it could lose.
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Relaxed)
    }

    /// Until when what is waited for may take, in milliseconds of the connection's life. Nothing while a request is in
    /// flight: that has a timeout of its own. `closing` is when the connection learned that the service closes.
    pub(super) fn deadline(&self, closing: Option<u64>) -> Option<u64> {
        if self.in_flight() > 0 {
            return None;
        }
        let since = self.since.load(Ordering::Relaxed);
        let phase = self.phase();
        let allowed = match phase {
            Phase::FirstByte => self.first_byte,
            Phase::Header => self.header,
            Phase::Idle => self.keep_alive,
        };
        let deadline = since.saturating_add(millis(allowed));
        match closing {
            // A header section that has begun keeps its time.
            Some(closing) if phase != Phase::Header => {
                Some(deadline.min(since.max(closing).saturating_add(millis(self.linger))))
            }
            _ => Some(deadline),
        }
    }

    /// After how long at most to look again while a request is in flight. It may end in another task, which wakes
    /// nobody here; no deadline that begins then is earlier than this.
    pub(super) fn recheck(&self, closing: Option<u64>) -> u64 {
        millis(if closing.is_some() { self.keep_alive.min(self.linger) } else { self.keep_alive })
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A request in flight, until this is gone.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Activity>);

impl InFlight {
    /// Stays in flight as long as its connection is there.
    pub(super) fn forever(self) {
        self.0.in_flight.fetch_add(1, Ordering::AcqRel);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        // First the time, then the count: who sees no request in flight sees since when.
        self.0.since.store(self.0.now(), Ordering::Relaxed);
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use testudo_settings::ServerSettings;

    use super::*;

    fn activity() -> Arc<Activity> {
        let limits = Limits::from(&ServerSettings::default());
        Activity::new(&limits, false, Shutdown::never())
    }

    #[tokio::test(start_paused = true)]
    async fn every_phase_has_its_own_deadline() {
        let activity = activity();
        let pause = || tokio::time::advance(Duration::from_secs(1));
        assert_eq!(activity.deadline(None), Some(10_000), "first byte");
        pause().await;
        activity.received();
        assert_eq!((activity.phase(), activity.deadline(None)), (Phase::Header, Some(11_000)));
        pause().await;
        activity.received();
        assert_eq!(activity.deadline(None), Some(11_000), "more bytes of a header are no more time");
        let request = activity.begin();
        assert_eq!(activity.deadline(None), None, "in flight");
        activity.received();
        assert_eq!(activity.phase(), Phase::Idle, "what comes now is content, or the next request");
        pause().await;
        drop(request);
        assert_eq!((activity.phase(), activity.deadline(None)), (Phase::Idle, Some(3_000 + 75_000)));
        pause().await;
        activity.received();
        assert_eq!((activity.phase(), activity.deadline(None)), (Phase::Header, Some(14_000)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_idle_when_the_service_closes_lingers_and_a_header_keeps_its_time() {
        let activity = activity();
        assert_eq!(activity.deadline(Some(500)), Some(1_500), "idle before");
        tokio::time::advance(Duration::from_secs(2)).await;
        activity.received();
        assert_eq!(activity.deadline(Some(500)), Some(12_000), "a header has begun");
        drop(activity.begin());
        assert_eq!(activity.deadline(Some(500)), Some(3_000), "idle after");
    }

    #[tokio::test(start_paused = true)]
    async fn frames_of_http2_do_not_prolong_anything() {
        let activity = activity();
        activity.received();
        activity.speaks_http2();
        tokio::time::advance(Duration::from_secs(1)).await;
        activity.received();
        assert_eq!((activity.phase(), activity.deadline(None)), (Phase::Idle, Some(75_000)));
        let (first, second) = (activity.begin(), activity.begin());
        drop(first);
        assert_eq!(activity.deadline(None), None, "one is left");
        drop(second);
        assert_eq!(activity.deadline(None), Some(76_000));
    }
}
