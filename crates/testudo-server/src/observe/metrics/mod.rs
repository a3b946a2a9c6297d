//! What is counted, for Prometheus to fetch.

mod bounded;
mod closed;
mod connections;
mod histogram;
mod method;
mod process;
mod render;
mod requests;
mod shields;
#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::{Method, StatusCode};
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, info::Info},
    registry::Registry,
};
use testudo_core::{AccessMatrix, RouteAccess, ShieldInfo, ShieldOutcome};

pub(crate) use self::{closed::RefusalReason, method::place};
use self::{
    closed::Refusals,
    connections::{Connections, Pools},
    process::Process,
    requests::Requests,
    shields::Shields,
};
use crate::{database::PoolGauge, listen::ConnectionCounters};

/// Everything a service counts. It belongs to the service and not to the process: two in one process do not mix.
///
/// Labels are from closed sets. What a client can choose never makes a new series.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Requests,
    refusals: Refusals,
    shields: Shields,
}

impl Metrics {
    /// Metrics of a service with these routes and their shields.
    pub(crate) fn for_routes(
        matrix: &AccessMatrix,
        service: &'static str,
        version: Option<&'static str>,
        dropped_lines: &Counter,
        sources: &Sources,
    ) -> Self {
        let mut registry = Registry::default();
        register_info(&mut registry, service, version);
        registry.register(
            "log_lines_dropped",
            "Log lines that found no room in the queue, or could not be written",
            dropped_lines.clone(),
        );
        registry.register_collector(Box::new(Process));
        registry.register_collector(Box::new(Connections(sources.connections.clone())));
        registry.register_collector(Box::new(Pools(sources.pools.clone())));
        let routes = matrix.routes();
        let shields = routes.iter().flat_map(RouteAccess::shields).map(ShieldInfo::name);
        Self {
            requests: Requests::new(&mut registry, routes.iter().map(RouteAccess::path)),
            refusals: Refusals::new(&mut registry),
            shields: Shields::new(&mut registry, shields),
            registry,
        }
    }

    /// The gauge of requests with the method of this [`place`] that are being worked on.
    pub(crate) fn active_requests(&self, method: usize) -> &Gauge {
        self.requests.active(method)
    }

    /// A request is over. `route` is the template of the route that took it, and `status` what was answered.
    pub(crate) fn request(
        &self,
        method: &Method,
        route: Option<&str>,
        status: Option<StatusCode>,
        duration: Duration,
    ) {
        self.requests.observe(method, route, status, duration);
    }

    /// A request was refused before its route saw it.
    pub(crate) fn refused(&self, reason: RefusalReason) {
        self.refusals.count(reason);
    }

    /// A shield has run.
    pub(crate) fn shield(&self, name: &str, outcome: ShieldOutcome, duration: Duration) {
        self.shields.observe(name, outcome, duration);
    }

    /// How often a shield passed, blocked, failed and took too long.
    pub(crate) fn shield_counts(&self, name: &str) -> [u64; 4] {
        self.shields.counts(name)
    }

    /// What `/metrics` answers to a request with this `Accept`: the media type, and the text.
    pub(crate) fn render(&self, accept: Option<&str>) -> (&'static str, String) {
        render::render(&self.registry, accept)
    }
}

/// Who is being measured: OpenTelemetry's resource, and what was built.
/// What others count, for metrics to read.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// The public listener's connections.
    pub(crate) connections: Arc<ConnectionCounters>,
    /// The pools of the service's state, once it is open.
    pub(crate) pools: Arc<OnceLock<Vec<PoolGauge>>>,
}

fn register_info(registry: &mut Registry, service: &'static str, version: Option<&'static str>) {
    let version = version.unwrap_or_default();
    registry.register(
        "target",
        "The service that is measured",
        Info::new([("service_name", service), ("service_version", version)]),
    );
    registry.register(
        "build",
        "What the service was built from",
        Info::new([("version", version), ("testudo_version", env!("CARGO_PKG_VERSION"))]),
    );
}
