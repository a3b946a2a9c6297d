//! The one timer of a connection, and its eye on the shutdown.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::{
    activity::{Activity, Expired, millis},
    shutdown::{Shutdown, Stage},
};

/// What a connection has to react to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// What was waited for did not come in time.
    Expired(Expired),
    /// The connection is old enough.
    Aged,
    /// The service closes.
    Closing,
    /// The service is over.
    Closed,
}

/// Watches one connection. It is polled after every poll of the connection, in the same task, so that a phase that
/// began just now is seen: a request that came in one piece costs no timer.
pub(super) struct Watch {
    activity: Arc<Activity>,
    shutdown: Shutdown,
    seen: Stage,
    next: Pin<Box<WaitForCancellationFutureOwned>>,
    /// Whether `next` knows whom to wake.
    waits: bool,
    closing: Option<u64>,
    /// Until when a connection that was asked to end has for it.
    grace: u64,
    age: Option<u64>,
    timer: Pin<Box<Sleep>>,
    /// What the timer is set to, in milliseconds of the connection's life.
    armed: u64,
}

impl Watch {
    pub(super) fn new(activity: Arc<Activity>, shutdown: Shutdown, age: Duration) -> Self {
        let age = millis(age);
        let armed = activity.deadline(None).map_or(age, |deadline| deadline.min(age));
        Self {
            seen: Stage::Ready,
            next: Box::pin(shutdown.after(Stage::Ready)),
            waits: false,
            closing: None,
            grace: 0,
            age: Some(age),
            timer: Box::pin(tokio::time::sleep_until(at(&activity, armed))),
            armed,
            activity,
            shutdown,
        }
    }

    /// Whether the service closes.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.is_some()
    }

    /// What there is to react to. Whoever got an alarm polls again.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Alarm> {
        if let Some(alarm) = self.stage(context) {
            return Poll::Ready(alarm);
        }
        if let Some(deadline) = self.deadline().filter(|deadline| *deadline < self.armed) {
            self.arm(deadline);
        }
        while self.timer.as_mut().poll(context).is_ready() {
            let now = self.activity.now();
            if self.age.is_some_and(|age| age <= now) {
                self.age = None;
                return Poll::Ready(Alarm::Aged);
            }
            let deadline = self.deadline();
            if deadline.is_some_and(|deadline| deadline <= now) {
                self.grace = now.saturating_add(self.activity.grace());
                self.arm(self.grace);
                return Poll::Ready(Alarm::Expired(self.activity.expired()));
            }
            let next = deadline.unwrap_or_else(|| now.saturating_add(self.activity.recheck(self.closing)));
            self.arm(next.min(self.age.unwrap_or(u64::MAX)));
        }
        Poll::Pending
    }

    fn deadline(&self) -> Option<u64> {
        self.activity.deadline(self.closing).map(|deadline| deadline.max(self.grace))
    }

    /// One comparison as long as nothing changes: the shutdown's own future has a lock, and wakes this task once.
    fn stage(&mut self, context: &mut Context<'_>) -> Option<Alarm> {
        if !self.waits && self.seen < Stage::Closed {
            self.waits = self.next.as_mut().poll(context).is_pending();
        }
        let stage = self.shutdown.stage();
        if stage <= self.seen || stage < Stage::Closing {
            return None;
        }
        self.seen = stage;
        self.next.set(self.shutdown.after(stage));
        self.waits = false;
        self.closing.get_or_insert_with(|| self.activity.now());
        let soon = self.activity.now().saturating_add(self.activity.recheck(self.closing));
        if soon < self.armed {
            self.arm(soon);
        }
        Some(if stage == Stage::Closed { Alarm::Closed } else { Alarm::Closing })
    }

    fn arm(&mut self, millis: u64) {
        self.armed = millis;
        let at = at(&self.activity, millis);
        self.timer.as_mut().reset(at);
    }
}

/// Rounded up: a deadline in whole milliseconds is not reached a fraction before.
fn at(activity: &Activity, millis: u64) -> Instant {
    // Far enough to be never; a timer has no such thing.
    let far = Duration::from_hours(24 * 365);
    activity.born() + Duration::from_millis(millis).min(far)
}

/// `age`, give or take a tenth, for a `chance` from 0 to 1: connections that began together do not end together.
pub(super) fn jittered(age: Duration, chance: f64) -> Duration {
    age.mul_f64(0.9 + 0.2 * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use testudo_settings::ServerSettings;

    use super::{
        super::{activity::Phase, limits::Limits},
        *,
    };

    fn watched(age: u64) -> (Arc<Activity>, Shutdown, Watch) {
        let shutdown = Shutdown::never();
        let activity = Activity::new(&Limits::from(&ServerSettings::default()), false, shutdown.clone());
        let watch = Watch::new(Arc::clone(&activity), shutdown.clone(), Duration::from_secs(age));
        (activity, shutdown, watch)
    }

    async fn alarm(watch: &mut Watch) -> (Alarm, u64) {
        let alarm = poll_fn(|context| watch.poll(context)).await;
        (alarm, watch.activity.now() / 1_000)
    }

    #[test]
    fn ages_are_spread_over_a_fifth() {
        for (chance, expected) in [(0.0, 540), (0.5, 600), (1.0, 660), (7.0, 660), (-1.0, 540)] {
            let age = jittered(Duration::from_mins(10), chance);
            assert_eq!((age + Duration::from_millis(1)).as_secs(), expected, "{chance}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_connection_expires_and_has_a_moment_to_end() {
        let (_activity, _shutdown, mut watch) = watched(600);
        assert_eq!(alarm(&mut watch).await, (Alarm::Expired(Expired::Waiting(Phase::FirstByte)), 10));
        assert_eq!(
            alarm(&mut watch).await,
            (Alarm::Expired(Expired::Waiting(Phase::FirstByte)), 11),
            "grace"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_that_comes_nearer_is_seen() {
        let (activity, _shutdown, mut watch) = watched(600);
        drop(activity.begin());
        let nothing = tokio::time::timeout(Duration::from_secs(5), alarm(&mut watch)).await;
        assert!(nothing.is_err(), "idle has more time");
        activity.received();
        assert_eq!(alarm(&mut watch).await, (Alarm::Expired(Expired::Waiting(Phase::Header)), 15));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_ends_elsewhere_is_noticed_in_time() {
        let (activity, _shutdown, mut watch) = watched(600);
        activity.speaks_http2();
        let request = activity.begin();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(100)).await;
            drop(request);
        });
        assert_eq!(alarm(&mut watch).await, (Alarm::Expired(Expired::Waiting(Phase::Idle)), 175));
    }

    #[tokio::test(start_paused = true)]
    async fn age_comes_while_a_request_is_in_flight_and_only_once() {
        let (activity, _shutdown, mut watch) = watched(60);
        let request = activity.begin();
        assert_eq!(alarm(&mut watch).await, (Alarm::Aged, 60));
        drop(request);
        assert_eq!(alarm(&mut watch).await, (Alarm::Expired(Expired::Waiting(Phase::Idle)), 135));
    }

    #[tokio::test(start_paused = true)]
    async fn the_stages_of_a_stop_wake_it_and_shorten_what_is_idle() {
        let (activity, shutdown, mut watch) = watched(600);
        drop(activity.begin());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(20)).await;
            shutdown.enter(Stage::Draining);
            shutdown.enter(Stage::Closing);
            tokio::time::sleep(Duration::from_secs(20)).await;
            shutdown.enter(Stage::Closed);
        });
        assert_eq!(alarm(&mut watch).await, (Alarm::Closing, 20));
        assert_eq!(alarm(&mut watch).await, (Alarm::Expired(Expired::Waiting(Phase::Idle)), 21));
        let _busy = activity.begin();
        assert_eq!(alarm(&mut watch).await, (Alarm::Closed, 40));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_ends_elsewhere_while_the_service_closes_is_noticed_soon() {
        let (activity, shutdown, mut watch) = watched(600);
        activity.speaks_http2();
        let request = activity.begin();
        shutdown.enter(Stage::Closing);
        assert_eq!(alarm(&mut watch).await, (Alarm::Closing, 0));
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(5)).await;
            drop(request);
        });
        assert_eq!(alarm(&mut watch).await, (Alarm::Expired(Expired::Waiting(Phase::Idle)), 6));
    }
}
