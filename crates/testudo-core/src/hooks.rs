//! What a router lends to its routes once it is complete.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use crate::event::ShieldListener;

/// Set once, when the router becomes an axum router; read by every request of its routes.
pub(crate) type HooksCell = Arc<OnceLock<Arc<Hooks>>>;

/// Whether an error means that something the service depends on is not there.
pub(crate) type IsUnavailable = fn(&(dyn std::error::Error + 'static)) -> bool;

#[derive(Default, Clone)]
pub(crate) struct Hooks {
    pub(crate) listeners: Vec<Arc<dyn ShieldListener>>,
    pub(crate) unavailable: Vec<IsUnavailable>,
    #[cfg(feature = "testing")]
    pub(crate) replacements: crate::testing::Replacements,
}

impl Hooks {
    /// Whether a shield's run has to be measured.
    pub(crate) fn observe(&self) -> bool {
        !self.listeners.is_empty()
    }

    pub(crate) fn is_idle(&self) -> bool {
        #[cfg(feature = "testing")]
        if !self.replacements.is_empty() {
            return false;
        }
        !self.observe() && self.unavailable.is_empty()
    }

    /// Adds what a router further out asks for.
    pub(crate) fn join(&mut self, outer: &Self) {
        self.listeners.extend(outer.listeners.iter().cloned());
        self.unavailable.extend(&outer.unavailable);
        #[cfg(feature = "testing")]
        self.replacements.join(&outer.replacements);
    }
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("listeners", &self.listeners.len()).finish_non_exhaustive()
    }
}
