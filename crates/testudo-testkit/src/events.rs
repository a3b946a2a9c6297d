//! What shields did, for assertions.

use std::sync::{Arc, Mutex, PoisonError};

use testudo_core::{ShieldEvent, ShieldListener, ShieldOutcome};

/// A shield run, as it was heard of.
///
/// ```
/// # use testudo::prelude::*;
/// # use testudo_testkit::{CapturedEvent, Events, TestService};
/// use testudo::ShieldOutcome;
///
/// #[shield(name = "Door", decides, detail = "closed")]
/// fn door() -> bool {
///     false
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let router = Router::new().route("/", Stack::new().shield(door).get(async || ()));
/// let events = Events::default();
/// let service = TestService::new(router, ()).listen(events.clone()).start().await;
/// service.get("/").await.status(403);
/// let CapturedEvent { name, outcome, order, .. } = events.take().remove(0);
/// assert_eq!((name.as_str(), outcome, order), ("Door", ShieldOutcome::Blocked, 0));
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedEvent {
    /// The shield's name.
    pub name: String,
    /// How it ended.
    pub outcome: ShieldOutcome,
    /// Why it blocked or failed.
    pub reason: Option<String>,
    /// Its place among the shields of its request, from 0.
    pub order: usize,
}

/// Captures shield events. Clones share them.
///
/// ```
/// # use testudo::prelude::*;
/// # use testudo_testkit::{Events, TestService};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # #[shield(name = "Door", decides)]
/// # fn door() -> bool { false }
/// # let router = Router::new().route("/", Stack::new().shield(door).get(async || ()));
/// let events = Events::default();
/// let service = TestService::new(router, ()).listen(events.clone()).start().await;
/// service.get("/").await.status(403);
/// assert_eq!(events.lines(), ["Door: blocked"]);
/// assert!(events.take().is_empty()); // since the last time
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct Events(Arc<Mutex<Vec<CapturedEvent>>>);

impl Events {
    /// Takes what was captured since the last time.
    pub fn take(&self) -> Vec<CapturedEvent> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes what was captured, as `"API Token: success"` lines.
    pub fn lines(&self) -> Vec<String> {
        self.take().iter().map(|event| format!("{}: {}", event.name, event.outcome.as_str())).collect()
    }
}

impl ShieldListener for Events {
    fn on_shield(&self, event: &ShieldEvent<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(CapturedEvent {
            name: event.name.to_owned(),
            outcome: event.outcome,
            reason: event.reason.map(str::to_owned),
            order: event.order,
        });
    }
}
