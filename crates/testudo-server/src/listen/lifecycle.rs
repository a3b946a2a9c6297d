//! The one owner of a service's life.

use std::time::Duration;

use testudo_settings::ShutdownSettings;
use tokio::sync::mpsc;

use super::{
    shutdown::{Shutdown, Stage},
    signals::{Event, stop},
};
use crate::error::Exit;

/// How long connections may take to notice that they are cut off. They do nothing else, but there may be many.
const NOTICE: Duration = Duration::from_millis(250);

/// How long the steps of a stop take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StopTimes {
    /// Until the listeners close.
    pub(crate) drain_delay: Duration,
    /// From then, until what is still in flight is cut off.
    pub(crate) budget: Duration,
}

impl From<&ShutdownSettings> for StopTimes {
    fn from(shutdown: &ShutdownSettings) -> Self {
        Self { drain_delay: *shutdown.drain_delay, budget: *shutdown.budget }
    }
}

/// How a service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// All requests were answered, and all upgraded connections finished.
    Done,
    /// So many requests and upgraded connections were cut off.
    CutOff(usize),
}

impl From<Ended> for Exit {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Self::Done,
            Ended::CutOff(_) => Self::CutOff,
        }
    }
}

/// The one owner of a service's life. It alone goes from stage to stage; everybody else has a [`Shutdown`] to look at.
#[derive(Debug)]
pub(crate) struct Lifecycle {
    shutdown: Shutdown,
    times: StopTimes,
}

impl Lifecycle {
    /// A service that is starting.
    pub(crate) fn new(times: StopTimes) -> Self {
        Self { shutdown: Shutdown::at(Stage::Starting), times }
    }

    /// What everybody else looks at.
    pub(crate) fn shutdown(&self) -> Shutdown {
        self.shutdown.clone()
    }

    /// Serves until told to stop, and stops:
    ///
    /// 1. `Ready` until the first stop.
    /// 2. `Draining`: readiness says `503`, responses ask to reconnect elsewhere, and everything is still accepted.
    /// 3. After the drain delay, `Closing`: what is pending is accepted, idle connections are closed after a short
    ///    linger, and what is in flight has the budget.
    /// 4. `Closed`: what is left is cut off.
    ///
    /// A second stop goes to the end at once. `reload` runs on every reload, whatever the stage.
    pub(crate) async fn run(self, events: &mut mpsc::Receiver<Event>, mut reload: impl FnMut()) -> Ended {
        self.shutdown.enter(Stage::Ready);
        stop(events, &mut reload).await;
        let hurried = tokio::select! {
            () = self.finish() => false,
            () = stop(events, &mut reload) => true,
        };
        self.end(hurried).await
    }

    async fn finish(&self) {
        let StopTimes { drain_delay, budget } = self.times;
        self.shutdown.enter(Stage::Draining);
        tracing::info!(?drain_delay, "told to stop; still accepting");
        tokio::time::sleep(drain_delay).await;
        self.shutdown.enter(Stage::Closing);
        tracing::info!(?budget, "no longer accepting");
        let connections = self.shutdown.connections();
        connections.close();
        // Whoever is not done by then is cut off.
        let _ = tokio::time::timeout(budget, connections.wait()).await;
    }

    async fn end(self, hurried: bool) -> Ended {
        self.shutdown.enter(Stage::Closed);
        let connections = self.shutdown.connections();
        connections.close();
        // What is there beyond is upgraded, or a handler that never lets go of its thread.
        let _ = tokio::time::timeout(NOTICE, connections.wait()).await;
        match self.shutdown.cut_off() + connections.len() {
            0 => Ended::Done,
            left => {
                tracing::warn!(left, hurried, "requests were cut off");
                Ended::CutOff(left)
            }
        }
    }
}
