//! Counters whose labels are known before anything is counted.

use std::fmt::Debug;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

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
struct ByReason {
    reason: &'static str,
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
