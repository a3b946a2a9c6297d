//! How many connections there may be.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::{counters::ConnectionCounters, limits::Limits};

/// The limit of connections, and the reserve behind it.
#[derive(Debug)]
pub(super) struct Permits {
    main: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
}

/// Room for one connection.
#[derive(Debug)]
pub(super) struct Permit {
    /// Nothing for what was pending when the listener closed: that is bounded by the backlog.
    held: Option<OwnedSemaphorePermit>,
    pub(super) reserved: bool,
}

impl Permits {
    pub(super) fn new(limits: &Limits) -> Self {
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits.min(Semaphore::MAX_PERMITS)));
        Self { main: semaphore(limits.max_connections), reserve: semaphore(limits.reserve) }
    }

    /// Waits for room: within the limit if there is any, else in the reserve. Cancelling this loses nothing.
    pub(super) async fn take(&self) -> Permit {
        tokio::select! {
            biased;
            held = Arc::clone(&self.main).acquire_owned() => Permit { held: held.ok(), reserved: false },
            held = Arc::clone(&self.reserve).acquire_owned() => Permit { held: held.ok(), reserved: true },
        }
    }

    /// A permit as good as there is by now: room within the limit may have come while nobody connected.
    pub(super) fn settle(&self, permit: Permit) -> Permit {
        if !permit.reserved {
            return permit;
        }
        match Arc::clone(&self.main).try_acquire_owned() {
            Ok(held) => Permit { held: Some(held), reserved: false },
            Err(_) => permit,
        }
    }
}

impl Permit {
    /// For a connection that was pending when its listener closed.
    pub(super) fn pending() -> Self {
        Self { held: None, reserved: false }
    }
}

/// What a connection holds until it is gone, upgraded or not: its room, its place in the counts, and the shutdown's
/// patience.
#[derive(Debug)]
pub(super) struct Ticket {
    permit: Permit,
    counters: Arc<ConnectionCounters>,
    _tracked: TaskTrackerToken,
}

impl Ticket {
    pub(super) fn new(permit: Permit, counters: Arc<ConnectionCounters>, tracked: TaskTrackerToken) -> Self {
        counters.accepted.fetch_add(1, Relaxed);
        counters.open.fetch_add(1, Relaxed);
        if permit.reserved {
            counters.reserved.fetch_add(1, Relaxed);
        }
        Self { permit, counters, _tracked: tracked }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.counters.open.fetch_sub(1, Relaxed);
        if self.permit.reserved {
            self.counters.reserved.fetch_sub(1, Relaxed);
        }
        drop(self.permit.held.take());
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use testudo_settings::ServerSettings;

    use super::*;

    fn permits(max_connections: usize, reserve: usize) -> Permits {
        Permits::new(&Limits { max_connections, reserve, ..Limits::from(&ServerSettings::default()) })
    }

    #[tokio::test]
    async fn the_limit_comes_first_then_the_reserve_and_then_nothing() {
        let permits = permits(2, 1);
        let taken = [permits.take().await, permits.take().await, permits.take().await];
        assert_eq!(taken.each_ref().map(|permit| permit.reserved), [false, false, true]);
        assert!(permits.take().now_or_never().is_none(), "there is room for a fourth");
        drop(taken);
        assert!(!permits.take().await.reserved);
    }

    #[tokio::test]
    async fn room_within_the_limit_that_came_late_is_taken() {
        let permits = permits(1, 1);
        let first = permits.take().await;
        let second = permits.settle(permits.take().await);
        assert!(second.reserved, "there was no room");
        drop(first);
        assert!(!permits.settle(second).reserved);
        assert!(!permits.take().now_or_never().unwrap().reserved, "the late permit went back");
    }
}
