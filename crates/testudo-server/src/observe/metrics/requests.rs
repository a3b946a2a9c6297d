//! What became of requests, by method, route and status.

use std::{
    array,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::{Method, StatusCode};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        family::{Family, MetricConstructor},
        gauge::Gauge,
    },
    registry::Registry,
};

use super::{
    bounded::{Bounded, OTHER},
    histogram::{Bounds, Durations},
    method::{METHODS, place},
};

/// The route of requests that no route took.
const UNMATCHED: &str = "unmatched";

/// The bounds of OpenTelemetry's `http.server.request.duration`, in nanoseconds: 5 ms to 10 s.
const BOUNDS: Bounds = &[
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    75_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    750_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    7_500_000_000,
    10_000_000_000,
];

/// Statuses of one method of one route that are counted apart. More are counted together.
const STATUSES: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
#[expect(clippy::struct_field_names, reason = "the names of the labels")]
struct Labels {
    http_request_method: &'static str,
    http_route: Arc<str>,
    /// Empty, which is absent, when nothing was answered.
    http_response_status_code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByMethod {
    http_request_method: &'static str,
}

/// Makes a histogram with the bounds of requests.
#[derive(Debug, Clone)]
struct Make;

impl MetricConstructor<Durations> for Make {
    fn new_metric(&self) -> Durations {
        Durations::new(BOUNDS)
    }
}

/// Requests: how long they took, and how many are being worked on.
#[derive(Debug)]
pub(super) struct Requests {
    family: Family<Labels, Durations, Make>,
    routes: Bounded<Arc<Route>>,
    unmatched: Route,
    active: [Gauge; METHODS.len()],
}

impl Requests {
    pub(super) fn new<'a>(registry: &mut Registry, routes: impl IntoIterator<Item = &'a str>) -> Self {
        let family = Family::new_with_constructor(Make);
        registry.register(
            "http_server_request_duration_seconds",
            "Duration of HTTP requests, in seconds",
            family.clone(),
        );
        let active = Family::<ByMethod, Gauge>::default();
        registry.register(
            "http_server_active_requests",
            "HTTP requests that are being worked on",
            active.clone(),
        );
        Self {
            family,
            routes: Bounded::new(routes, |route| Arc::new(Route::new(route))),
            unmatched: Route::new(UNMATCHED),
            active: METHODS
                .map(|http_request_method| active.get_or_create_owned(&ByMethod { http_request_method })),
        }
    }

    pub(super) fn active(&self, method: usize) -> &Gauge {
        &self.active[method]
    }

    pub(super) fn observe(
        &self,
        method: &Method,
        route: Option<&str>,
        status: Option<StatusCode>,
        duration: Duration,
    ) {
        let observe = |route: &Route| route.observe(&self.family, place(method), status, duration);
        match route {
            Some(route) => {
                self.routes.with(route, |late| Arc::new(Route::new(late)), |found| observe(found));
            }
            None => observe(&self.unmatched),
        }
    }
}

/// The histograms of one route, each taken from the family once and then found without a lock.
#[derive(Debug)]
struct Route {
    template: Arc<str>,
    methods: [OnceLock<Box<Statuses>>; METHODS.len()],
}

impl Route {
    fn new(template: &str) -> Self {
        Self { template: template.into(), methods: array::from_fn(|_| OnceLock::new()) }
    }

    fn observe(
        &self,
        family: &Family<Labels, Durations, Make>,
        method: usize,
        status: Option<StatusCode>,
        duration: Duration,
    ) {
        let make = |status: &str| {
            family.get_or_create_owned(&Labels {
                http_request_method: METHODS[method],
                http_route: Arc::clone(&self.template),
                http_response_status_code: status.to_owned(),
            })
        };
        self.methods[method].get_or_init(Box::default).of(status, make).observe(duration);
    }
}

/// The histograms of one method of one route, by status, in the order in which they were first seen.
#[derive(Debug, Default)]
struct Statuses {
    seen: [OnceLock<(Option<StatusCode>, Durations)>; STATUSES],
    others: OnceLock<Durations>,
}

impl Statuses {
    fn of(&self, status: Option<StatusCode>, make: impl Fn(&str) -> Durations) -> &Durations {
        let word = status.as_ref().map_or("", StatusCode::as_str);
        for place in &self.seen {
            // Two that come at once agree on one, and the other goes on to the next place.
            let (seen, durations) = place.get_or_init(|| (status, make(word)));
            if *seen == status {
                return durations;
            }
        }
        self.others.get_or_init(|| make(OTHER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_beyond_the_limit_are_counted_together() {
        let mut registry = Registry::default();
        let requests = Requests::new(&mut registry, ["/"]);
        for code in 100..999 {
            let status = StatusCode::from_u16(code).ok();
            requests.observe(&Method::GET, Some("/"), status, Duration::ZERO);
        }
        let mut text = String::new();
        prometheus_client::encoding::prometheus_text::encode(&mut text, &registry).unwrap();
        let counts: Vec<_> = text.lines().filter(|line| line.contains("_count{")).collect();
        assert_eq!(counts.len(), STATUSES + 1, "{counts:#?}");
        assert!(counts.iter().any(|line| line.contains("\"_OTHER\"} 883")), "{counts:#?}");
    }
}
