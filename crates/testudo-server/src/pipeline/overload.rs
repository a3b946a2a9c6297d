//! How many requests are worked on at a time, and how many wait for how long.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use testudo_settings::OverloadSettings;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Lets requests in as long as there is room, lets some wait for a moment, and refuses the rest at once: an answer that
/// comes too late is work for nobody.
#[derive(Debug)]
pub(super) struct Gate {
    room: Semaphore,
    waiting: AtomicUsize,
    max_queue: usize,
    max_queue_time: Duration,
    retry_after: Duration,
}

/// There is no room, and there will be none soon.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overloaded;

impl Gate {
    pub(super) fn new(settings: &OverloadSettings) -> Self {
        Self {
            room: Semaphore::new(settings.max_concurrency.min(Semaphore::MAX_PERMITS)),
            waiting: AtomicUsize::new(0),
            max_queue: settings.max_queue,
            max_queue_time: *settings.max_queue_time,
            retry_after: *settings.retry_after,
        }
    }

    pub(super) fn retry_after(&self) -> Duration {
        self.retry_after
    }

    /// Waits for room. Whoever holds the permit is being worked on.
    pub(super) async fn enter(&self) -> Result<SemaphorePermit<'_>, Overloaded> {
        if let Ok(permit) = self.room.try_acquire() {
            return Ok(permit);
        }
        let _place = Place::take(&self.waiting, self.max_queue).ok_or(Overloaded)?;
        match tokio::time::timeout(self.max_queue_time, self.room.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Overloaded),
        }
    }
}

/// A place in the queue, free again when it is dropped: also when the client goes away.
struct Place<'g>(&'g AtomicUsize);

impl<'g> Place<'g> {
    fn take(waiting: &'g AtomicUsize, max: usize) -> Option<Self> {
        let take = |waiting: usize| (waiting < max).then_some(waiting + 1);
        waiting.fetch_update(Ordering::AcqRel, Ordering::Acquire, take).ok().map(|_| Self(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use testudo_settings::{Environment, Settings};

    use super::*;

    fn gate(max_concurrency: usize, max_queue: usize) -> Gate {
        let mut settings = Settings::new(Environment::Test).overload;
        settings.max_concurrency = max_concurrency;
        settings.max_queue = max_queue;
        Gate::new(&settings)
    }

    #[tokio::test(start_paused = true)]
    async fn there_is_room_then_a_queue_and_then_a_refusal_at_once() {
        let gate = gate(1, 1);
        let inside = gate.enter().await.unwrap();
        let mut second = Box::pin(gate.enter());
        assert!(second.as_mut().now_or_never().is_none(), "the second waits");
        assert_eq!(
            gate.enter().now_or_never().unwrap().err(),
            Some(Overloaded),
            "the third is refused at once"
        );
        drop(inside);
        drop(second.await.unwrap());
        assert!(gate.enter().now_or_never().unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_waits_too_long_is_refused_and_leaves_the_queue() {
        let gate = gate(1, 1);
        let _inside = gate.enter().await.unwrap();
        for _ in 0..3 {
            assert_eq!(gate.enter().await.err(), Some(Overloaded));
        }
        assert_eq!(gate.waiting.load(Ordering::Acquire), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_goes_away_leaves_the_queue() {
        let gate = gate(1, 1);
        let _inside = gate.enter().await.unwrap();
        let mut waits = Box::pin(gate.enter());
        assert!(waits.as_mut().now_or_never().is_none());
        drop(waits);
        assert_eq!(gate.waiting.load(Ordering::Acquire), 0);
    }
}
