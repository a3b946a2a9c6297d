//! What a request is called: by us, and by the trace it is part of.

use std::sync::Arc;

use testudo_core::RequestId;
use tracing::Span;

use super::log::LogSubscriber;

/// What a request is called on its log lines.
#[derive(Debug, Clone)]
pub(crate) struct Ids {
    /// Its own id.
    pub(crate) request: RequestId,
    /// The trace it is part of (W3C Trace Context, section 3.2.2.3). Zero is no trace.
    pub(crate) trace: u128,
    /// The part that this service has in the trace (W3C Trace Context, section 3.2.2.4).
    pub(crate) span: u64,
    /// What the caller says of the trace.
    #[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "only whoever sends spans asks"))]
    pub(crate) caller: Option<Caller>,
}

/// What the caller of a request says of the trace it is part of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// The caller's own part in the trace.
    #[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "only whoever sends spans asks"))]
    pub(crate) span: u64,
    /// Whether the caller exports it (W3C Trace Context, section 3.2.2.5.1).
    #[cfg_attr(not(feature = "otlp"), expect(dead_code, reason = "only whoever sends spans asks"))]
    pub(crate) is_sampled: bool,
}

impl Ids {
    /// A request without a trace.
    pub(crate) fn new(request: RequestId) -> Self {
        Self { request, trace: 0, span: 0, caller: None }
    }

    /// The same request, as part of a trace.
    pub(crate) fn in_trace(self, trace: u128, span: u64) -> Self {
        Self { trace, span, ..self }
    }

    /// The same request, of a caller that is part of the trace, too.
    pub(crate) fn called_by(self, caller: Caller) -> Self {
        Self { caller: Some(caller), ..self }
    }
}

/// The span of one request: every event inside it, also of a task that was spawned with `.in_current_span()`, carries
/// the ids.
///
/// They are kept beside the span and not as its fields: nothing is formatted for a request that logs nothing.
pub(crate) fn request_span(ids: &Arc<Ids>) -> Span {
    // Of the highest level, so that it is there whatever the log level is: an error needs its ids most.
    let span = tracing::error_span!(target: "testudo::request", parent: None, "request");
    span.with_subscriber(|(id, dispatch)| {
        if let Some(log) = dispatch.downcast_ref::<LogSubscriber>() {
            log.identify(id, Arc::clone(ids));
        }
    });
    span
}
