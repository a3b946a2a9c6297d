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
}

/// A time that nobody has looked up yet. The watch, which is polled after the connection in the same task, does so: most
/// phases are over by then, and a request that came and went costs one look at the clock.
const JUST_NOW: u64 = u64::MAX;

/// What a connection is doing. Its bytes, its requests and its watch share it without a lock: the connection's own task
/// sets the phase, and a request that ends elsewhere (HTTP/2) only sets the time and then the count.
#[derive(Debug)]
pub(super) struct Activity {
    born: Instant,
    first_byte: Duration,
    header: Duration,
    keep_alive: Duration,
    stall: Duration,
    reserved: bool,
    linger: Duration,
    shutdown: Shutdown,
    phase: AtomicU8,
    /// Since when, in milliseconds of the connection's life, or [`JUST_NOW`].
    since: AtomicU64,
    in_flight: AtomicUsize,
    /// Requests in flight whose client has not taken the content it was given.
    unread: AtomicUsize,
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
            keep_alive: limits.keep_alive(reserved),
            stall: limits.write_stall_timeout,
            reserved,
            linger: limits.linger,
            shutdown,
            phase: AtomicU8::new(Phase::FirstByte as u8),
            since: AtomicU64::new(0),
            in_flight: AtomicUsize::new(0),
            http2: AtomicBool::new(false),
            unread: AtomicUsize::new(0),
            last: AtomicBool::new(false),
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

    fn enter(&self, phase: Phase, since: u64) {
        self.since.store(since, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> u64 {
        millis(self.born.elapsed())
    }

    fn since(&self) -> u64 {
        let since = self.since.load(Ordering::Relaxed);
        if since != JUST_NOW {
            return since;
        }
        let now = self.now();
        self.since.store(now, Ordering::Relaxed);
        now
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
            self.enter(Phase::Header, JUST_NOW);
        }
    }

    /// The connection's preface has come: HTTP/2 from here.
    pub(super) fn speaks_http2(&self) {
        self.http2.store(true, Ordering::Relaxed);
        self.enter(Phase::Idle, self.now());
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
        InFlight { activity: Arc::clone(self), unread: false }
    }

    /// The next response is the connection's last.
    pub(super) fn finish(&self) {
        self.last.store(true, Ordering::Relaxed);
    }

    /// Whether the connection is to end with what it has begun.
    pub(super) fn is_finishing(&self) -> bool {
        self.last.load(Ordering::Relaxed)
    }

    /// Whether a response has to tell its client to reconnect. A connection of the reserve has one response.
    fn is_last(&self) -> bool {
        self.reserved || self.is_finishing() || self.shutdown.stage() >= Stage::Draining
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
        let in_flight = self.in_flight();
        if in_flight > 0 {
            return self.all_unread(in_flight).then(|| self.since().saturating_add(millis(self.stall)));
        }
        let since = self.since();
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

    /// Whether all that is in flight waits for a client that does not read. On HTTP/2 the client's windows say so, not
    /// the socket (RFC 9113, section 5.2).
    fn all_unread(&self, in_flight: usize) -> bool {
        self.is_http2() && self.unread.load(Ordering::Relaxed) >= in_flight
    }

    /// What to do once the deadline is reached.
    pub(super) fn expired(&self) -> Expired {
        if self.in_flight() > 0 { Expired::Unread } else { Expired::Waiting(self.phase()) }
    }

    /// After how long at most to look again while a request is in flight. It may end in another task, which wakes
    /// nobody here; no deadline that begins then is earlier than this.
    pub(super) fn recheck(&self, closing: Option<u64>) -> u64 {
        let shortest = self.keep_alive.min(self.stall);
        millis(if closing.is_some() { shortest.min(self.linger) } else { shortest })
    }

    /// How long a connection that was asked to end may take for it.
    pub(super) fn grace(&self) -> u64 {
        millis(self.linger)
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What did not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expired {
    /// Bytes of the client.
    Waiting(Phase),
    /// Room for a response's content.
    Unread,
}

impl Expired {
    /// Whether no request had begun.
    pub(super) fn is_idle(self) -> bool {
        matches!(self, Self::Waiting(Phase::FirstByte | Phase::Idle))
    }

    pub(super) fn timed_out(self) -> TimedOut {
        match self {
            Self::Waiting(Phase::FirstByte) => TimedOut::FirstByte,
            Self::Waiting(Phase::Header) => TimedOut::Header,
            Self::Waiting(Phase::Idle) => TimedOut::KeepAlive,
            Self::Unread => TimedOut::Write,
        }
    }
}

/// A request in flight, until this is gone.
#[derive(Debug)]
pub(super) struct InFlight {
    activity: Arc<Activity>,
    unread: bool,
}

impl InFlight {
    /// Whether its response is the connection's last.
    pub(super) fn is_last(&self) -> bool {
        self.activity.is_last()
    }

    /// Content was given to the connection; it asks for more when the client has taken it.
    pub(super) fn gave(&mut self) {
        if self.activity.is_http2() && !self.unread {
            self.unread = true;
            self.activity.since.store(self.activity.now(), Ordering::Relaxed);
            self.activity.unread.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The connection asks for more.
    pub(super) fn asked(&mut self) {
        if self.unread {
            self.unread = false;
            self.activity.unread.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        // First the time, then the count: who sees no request in flight sees since when. One of HTTP/2 may end in another
        // task, and the watch would look later.
        let now = if self.activity.is_http2() { self.activity.now() } else { JUST_NOW };
        self.activity.since.store(now, Ordering::Relaxed);
        self.asked();
        self.activity.in_flight.fetch_sub(1, Ordering::AcqRel);
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

    #[tokio::test(start_paused = true)]
    async fn streams_of_a_client_that_takes_nothing_have_their_time() {
        let activity = activity();
        activity.speaks_http2();
        let (mut first, second) = (activity.begin(), activity.begin());
        tokio::time::advance(Duration::from_secs(5)).await;
        first.gave();
        assert_eq!(activity.deadline(None), None, "the other is worked on");
        drop(second);
        assert_eq!(activity.deadline(None), Some(35_000));
        assert_eq!(activity.expired(), Expired::Unread);
        first.asked();
        assert_eq!(activity.deadline(None), None, "content was taken");
        first.gave();
        drop(first);
        assert_eq!(activity.expired(), Expired::Waiting(Phase::Idle));
    }
}
