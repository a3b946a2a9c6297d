//! What was delivered, each event once.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;

use crate::shields::Signed;

/// Most events that are kept. Past it the oldest leaves, and is no longer known should it come again.
const EVENTS_MAX: usize = 1_000;

/// The events of one provider, latest last. Clones share them.
pub struct Inbox<T>(Arc<Mutex<VecDeque<Signed<T>>>>);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "there is no third outcome")]
pub enum Receipt {
    /// It was new and has been processed.
    Processed,
    /// It had been processed before, and nothing was done.
    Repeated,
}

impl<T> Inbox<T> {
    /// Processes an event, unless its delivery was processed before.
    ///
    /// To look and to store are one step: providers repeat a delivery while the first is still under way. A real
    /// service inserts id and event in one transaction, with a unique index on the id, and does slow work later.
    pub fn receive(&self, event: Signed<T>) -> Receipt {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if events.iter().any(|known| known.delivery() == event.delivery()) {
            return Receipt::Repeated;
        }
        if events.len() == EVENTS_MAX {
            events.pop_front();
        }
        events.push_back(event);
        Receipt::Processed
    }

    /// All events, oldest first.
    pub fn events(&self) -> Vec<Signed<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

// Derived, these would ask the same of `T`.
impl<T> Clone for Inbox<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> fmt::Debug for Inbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}
