//! Every shield measured, with nothing for anybody to write.

use std::sync::Arc;

use testudo_core::{ShieldEvent, ShieldListener};

use super::metrics::Metrics;

/// Hears of every shield run and counts it: `router.on_shield(observer.shield_monitor())`.
#[derive(Debug, Clone)]
pub(crate) struct ShieldMonitor(Arc<Metrics>);

impl ShieldMonitor {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self(metrics)
    }
}

impl ShieldListener for ShieldMonitor {
    fn on_shield(&self, event: &ShieldEvent<'_>) {
        self.0.shield(event.name, event.outcome, event.duration);
    }
}
