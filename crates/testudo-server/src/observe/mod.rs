//! What a service tells about itself while it runs: the log and the metrics.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | The one thing a request tells what it did | [`Observer`] |
//! | Lines: their form, their queue, their level | [`log`] |
//! | The line of a request | [`access`] |
//! | What is counted, and `/metrics` | [`metrics`] |
//! | Shields, measured | [`monitor`], [`server_timing`] |

pub(crate) mod access;
#[cfg(test)]
mod figures;
pub(crate) mod ids;
pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod monitor;
#[cfg(feature = "otlp")]
pub(crate) mod otlp;
pub(crate) mod server_timing;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::http::Method;
use prometheus_client::metrics::gauge::Gauge;
use testudo_settings::LogSettings;

use self::{access::AccessRecord, log::Logger, metrics::Metrics, monitor::ShieldMonitor};

/// The log and the metrics of a service.
///
/// A request calls [`begin`](Self::begin) when it comes and [`finish`](Self::finish) when it is over. In between it is
/// inside its [`request_span`](ids::request_span).
#[derive(Debug)]
pub(crate) struct Observer {
    logger: Logger,
    metrics: Arc<Metrics>,
    has_access_log: AtomicBool,
    #[cfg(feature = "otlp")]
    exporter: std::sync::OnceLock<otlp::Exporter>,
}

impl Observer {
    /// An observer that writes to this log and counts in these metrics.
    pub(crate) fn new(logger: Logger, metrics: Metrics, settings: &LogSettings) -> Arc<Self> {
        Arc::new(Self {
            logger,
            metrics: Arc::new(metrics),
            has_access_log: AtomicBool::new(settings.access),
            #[cfg(feature = "otlp")]
            exporter: std::sync::OnceLock::new(),
        })
    }

    /// Sends the spans of requests to a collector, from now on. The first exporter stays.
    #[cfg(feature = "otlp")]
    pub(crate) fn export_to(&self, exporter: otlp::Exporter) {
        let _ = self.exporter.set(exporter);
    }

    /// Sends the spans that wait, at most `limit`; whether all were sent. It blocks its thread, which must not be one of
    /// the runtime's.
    #[cfg(feature = "otlp")]
    pub(crate) fn shutdown_export(&self, limit: std::time::Duration) -> bool {
        self.exporter.get().is_none_or(|exporter| exporter.shutdown(limit))
    }

    /// The log.
    pub(crate) fn logger(&self) -> &Logger {
        &self.logger
    }

    /// The metrics.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What a router tells of its shields.
    pub(crate) fn shield_monitor(&self) -> ShieldMonitor {
        ShieldMonitor::new(Arc::clone(&self.metrics))
    }

    /// A request has come: it is counted as being worked on until the guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>, method: &Method) -> InFlight {
        let in_flight = InFlight { observer: Arc::clone(self), method: metrics::place(method) };
        in_flight.gauge().inc();
        in_flight
    }

    /// A request is over: its line, and its metrics.
    pub(crate) fn finish(&self, record: &AccessRecord<'_>) {
        self.metrics.request(record.method, record.route, record.status, record.duration);
        if self.has_access_log.load(Ordering::Relaxed) {
            record.write(&self.logger);
        }
        #[cfg(feature = "otlp")]
        if let Some(exporter) = self.exporter.get() {
            exporter.request(record);
        }
    }

    /// Takes over new settings of the log.
    pub(crate) fn reload(&self, settings: &LogSettings) {
        self.has_access_log.store(settings.access, Ordering::Relaxed);
        self.logger.reload(settings);
    }

    /// What `/metrics` answers to a request with this `Accept`: the media type, and the text.
    pub(crate) fn render(&self, accept: Option<&str>) -> (&'static str, String) {
        self.metrics.render(accept)
    }
}

/// A request that is being worked on.
#[derive(Debug)]
#[must_use = "a request is over when this is dropped"]
pub(crate) struct InFlight {
    observer: Arc<Observer>,
    method: usize,
}

impl InFlight {
    /// Who is told about it.
    pub(crate) fn observer(&self) -> &Observer {
        &self.observer
    }

    fn gauge(&self) -> &Gauge {
        self.observer.metrics.active_requests(self.method)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.gauge().dec();
    }
}
