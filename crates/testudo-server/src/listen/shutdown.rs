//! What everybody may know of a stop, and what the lifecycle alone may say.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicUsize, Ordering},
    },
};

use tokio::sync::watch;
use tokio_util::{
    sync::{CancellationToken, WaitForCancellationFutureOwned},
    task::TaskTracker,
};

/// How far a service is in its life. Later stages are greater.
///
/// ```
/// use testudo_server::Stage;
///
/// let accepts = |stage: Stage| stage < Stage::Closing;
/// assert!(accepts(Stage::Draining) && !accepts(Stage::Closed));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    /// Not ready yet: state is being opened.
    Starting,
    /// Serves.
    Ready,
    /// Told to stop: still accepts, `/readiness` says `503`, and responses ask clients to reconnect elsewhere.
    Draining,
    /// Accepts no more; what is in flight may finish.
    Closing,
    /// Over: what is still there is cut off.
    Closed,
}

impl Stage {
    const ALL: [Self; 5] = [Self::Starting, Self::Ready, Self::Draining, Self::Closing, Self::Closed];
}

/// What handlers know of the service's stop; they ask for it as an argument. A WebSocket's task waits for
/// [`closing`](Self::closing) beside its client, and then says goodbye: it has the shutdown budget to do so. Asking for it
/// fails (`500`) where no service runs the routes.
///
/// ```
/// use testudo_server::{Shutdown, Stage};
///
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// let shutdown = Shutdown::never();
/// let said = tokio::select! {
///     () = shutdown.closing() => "goodbye",
///     () = shutdown.closed() => "too late",
///     () = std::future::ready(()) => "a message",
/// };
/// assert_eq!(said, "a message");
/// assert_eq!(shutdown.stage(), Stage::Ready);
/// # });
/// ```
#[derive(Clone)]
pub struct Shutdown(Arc<Shared>);

struct Shared {
    stage: watch::Sender<Stage>,
    /// The same, for whoever asks on every request: the channel has a lock.
    fast: AtomicU8,
    closing: CancellationToken,
    closed: CancellationToken,
    connections: TaskTracker,
    cut_off: AtomicUsize,
}

impl Shutdown {
    /// One that never comes, for tests of handlers.
    pub fn never() -> Self {
        Self::at(Stage::Ready)
    }

    /// How far the service is.
    pub fn stage(&self) -> Stage {
        Stage::ALL[usize::from(self.0.fast.load(Ordering::Acquire))]
    }

    /// Waits until the service accepts no more: time to finish.
    pub async fn closing(&self) {
        self.0.closing.cancelled().await;
    }

    /// Waits until the budget is spent, or a second signal has taken it away.
    pub async fn closed(&self) {
        self.0.closed.cancelled().await;
    }

    pub(super) fn at(stage: Stage) -> Self {
        Self(Arc::new(Shared {
            stage: watch::Sender::new(stage),
            fast: AtomicU8::new(stage as u8),
            closing: CancellationToken::new(),
            closed: CancellationToken::new(),
            connections: TaskTracker::new(),
            cut_off: AtomicUsize::new(0),
        }))
    }

    /// Every change of the stage from now on; the first value is the present one.
    #[cfg(test)]
    pub(crate) fn stages(&self) -> watch::Receiver<Stage> {
        self.0.stage.subscribe()
    }

    /// Goes to a later stage. Going back is ignored.
    pub(super) fn enter(&self, stage: Stage) {
        let went = self.0.stage.send_if_modified(|now| {
            let forward = stage > *now;
            if forward {
                *now = stage;
                // Before anybody is woken: whoever wakes asks here.
                self.0.fast.store(stage as u8, Ordering::Release);
            }
            forward
        });
        if went && stage >= Stage::Closing {
            self.0.closing.cancel();
        }
        if went && stage >= Stage::Closed {
            self.0.closed.cancel();
        }
    }

    /// Ends with the next stage that connections act on; never after the last.
    pub(super) fn after(&self, stage: Stage) -> WaitForCancellationFutureOwned {
        // A child of its own: connections do not meet at one lock.
        let token = if stage < Stage::Closing { &self.0.closing } else { &self.0.closed };
        token.child_token().cancelled_owned()
    }

    /// What connections, accept loops and whatever else is waited for hold a token of.
    pub(super) fn connections(&self) -> &TaskTracker {
        &self.0.connections
    }

    /// Counts requests that are being cut off.
    pub(super) fn count_cut_off(&self, requests: usize) {
        self.0.cut_off.fetch_add(requests, Ordering::Relaxed);
    }

    pub(super) fn cut_off(&self) -> usize {
        self.0.cut_off.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown").field("stage", &self.stage()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn stages_only_go_forward_and_everybody_sees_the_same() {
        let shutdown = Shutdown::at(Stage::Starting);
        for (entered, expected, closing, closed) in [
            (Stage::Ready, Stage::Ready, false, false),
            (Stage::Draining, Stage::Draining, false, false),
            (Stage::Ready, Stage::Draining, false, false),
            (Stage::Closing, Stage::Closing, true, false),
            (Stage::Draining, Stage::Closing, true, false),
            (Stage::Closed, Stage::Closed, true, true),
        ] {
            shutdown.enter(entered);
            assert_eq!(shutdown.stage(), expected, "{entered:?}");
            assert_eq!(*shutdown.stages().borrow(), expected, "{entered:?}");
            assert_eq!(shutdown.closing().now_or_never().is_some(), closing, "{entered:?}");
            assert_eq!(shutdown.closed().now_or_never().is_some(), closed, "{entered:?}");
        }
    }

    #[test]
    fn a_service_that_skips_stages_has_passed_them() {
        let shutdown = Shutdown::at(Stage::Ready);
        shutdown.enter(Stage::Closed);
        assert!(shutdown.closing().now_or_never().is_some());
    }
}
