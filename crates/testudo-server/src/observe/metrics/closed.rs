//! Counters whose labels are known before anything is counted.

use std::fmt::Debug;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

/// What became of a connection that somebody tried to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionOutcome {
    /// It was taken.
    Accepted,
    /// There were too many.
    Refused,
    /// It did not say in time what it wants.
    TimedOut,
    /// No TLS could be agreed on.
    TlsFailed,
}

impl ConnectionOutcome {
    const ALL: [Self; 4] = [Self::Accepted, Self::Refused, Self::TimedOut, Self::TlsFailed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::TimedOut => "timed_out",
            Self::TlsFailed => "tls_failed",
        }
    }
}

/// Why a request was refused before its route saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefusalReason {
    /// It would have come too late.
    Overload,
    /// It asks for a host that the service does not answer to.
    Host,
    /// Its end cannot be told for certain.
    Framing,
    /// It took too long.
    Timeout,
    /// Its content is too large.
    Body,
    /// Its header is too large.
    Header,
}

impl RefusalReason {
    const ALL: [Self; 6] =
        [Self::Overload, Self::Host, Self::Framing, Self::Timeout, Self::Body, Self::Header];

    fn as_str(self) -> &'static str {
        match self {
            Self::Overload => "overload",
            Self::Host => "host",
            Self::Framing => "framing",
            Self::Timeout => "timeout",
            Self::Body => "body",
            Self::Header => "header",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByReason {
    reason: &'static str,
}

/// Connections: how many are open, and what became of all that were tried.
#[derive(Debug)]
pub(super) struct Connections {
    open: Gauge,
    outcomes: [Counter; ConnectionOutcome::ALL.len()],
}

impl Connections {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let open = Gauge::default();
        // A counter's name without `_total` is taken in OpenMetrics: the gauge needs another.
        registry.register("http_server_active_connections", "Connections that are open", open.clone());
        let outcomes = Family::<ByOutcome, Counter>::default();
        registry.register("http_server_connections", "Connections by what became of them", outcomes.clone());
        let outcomes = ConnectionOutcome::ALL
            .map(|outcome| outcomes.get_or_create_owned(&ByOutcome { outcome: outcome.as_str() }));
        Self { open, outcomes }
    }

    pub(super) fn count(&self, outcome: ConnectionOutcome) {
        self.outcomes[outcome as usize].inc();
    }

    pub(super) fn open(&self) -> &Gauge {
        &self.open
    }
}

/// Requests that were refused before their route saw them.
#[derive(Debug)]
pub(super) struct Refusals([Counter; RefusalReason::ALL.len()]);

impl Refusals {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let reasons = Family::<ByReason, Counter>::default();
        registry.register(
            "http_requests_refused",
            "Requests refused before their route saw them, by reason",
            reasons.clone(),
        );
        Self(
            RefusalReason::ALL
                .map(|reason| reasons.get_or_create_owned(&ByReason { reason: reason.as_str() })),
        )
    }

    pub(super) fn count(&self, reason: RefusalReason) {
        self.0[reason as usize].inc();
    }
}
