//! What a request is called: by us, and by the trace it is part of.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use testudo_core::{ClientIp, Problem, RequestId, RequestInfo};
use tracing::Span;

use super::log::LogSubscriber;
use crate::listen::{ConnectionInfo, Shutdown};

/// What a request is called on its log lines. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct Ids(RequestInfo);

/// The trace that a request is part of (W3C Trace Context, section 3.2.2).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Trace {
    /// Its id. Zero is no trace.
    pub(crate) id: u128,
    /// The part that this service has in it.
    pub(crate) span: u64,
    /// What the caller says of it.
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

/// What the service keeps with each of its requests.
struct Kept {
    trace: Trace,
    connection: Arc<ConnectionInfo>,
}

impl Ids {
    pub(crate) fn new(
        id: RequestId,
        client: Option<ClientIp>,
        trace: Trace,
        connection: Arc<ConnectionInfo>,
    ) -> Self {
        Self(RequestInfo::with(id, client, Kept { trace, connection }))
    }

    /// Those of a test.
    #[cfg(test)]
    pub(crate) fn named(name: &str, trace: Trace) -> Self {
        let peer = std::net::SocketAddr::from(([127, 0, 0, 1], 7));
        let connection = ConnectionInfo { peer, tls: false, reserved: false, shutdown: Shutdown::never() };
        Self::new(RequestId::parse(name.as_bytes()).unwrap(), None, trace, Arc::new(connection))
    }

    /// What handlers and shields may know of the request.
    pub(crate) fn info(&self) -> &RequestInfo {
        &self.0
    }

    /// Its own id.
    pub(crate) fn request(&self) -> &RequestId {
        self.0.id()
    }

    pub(crate) fn trace(&self) -> Trace {
        self.0.service::<Kept>().map_or_else(Trace::default, |kept| kept.trace)
    }
}

impl<S: Sync> FromRequestParts<S> for Shutdown {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let info = parts.extensions.get::<RequestInfo>();
        let kept = info.and_then(RequestInfo::service::<Kept>);
        kept.map(|kept| kept.connection.shutdown.clone()).ok_or_else(|| {
            Problem::internal(
                "the request knows of no shutdown: only `Service::run` tells it, in front of the routes",
            )
        })
    }
}

/// The span of one request: every event inside it, also of a task that was spawned with `.in_current_span()`, carries
/// the ids.
///
/// They are kept beside the span and not as its fields: nothing is formatted for a request that logs nothing.
pub(crate) fn request_span(ids: &Ids) -> Span {
    // Of the highest level, so that it is there whatever the log level is: an error needs its ids most.
    let span = tracing::error_span!(target: "testudo::request", parent: None, "request");
    span.with_subscriber(|(id, dispatch)| {
        if let Some(log) = dispatch.downcast_ref::<LogSubscriber>() {
            log.identify(id, ids.clone());
        }
    });
    span
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::listen::Stage;

    #[tokio::test]
    async fn a_handler_has_the_shutdown_of_the_service_that_runs_it_and_of_no_other() {
        let request = |extend: &dyn Fn(&mut http::Extensions)| {
            let (mut parts, ()) = Request::new(()).into_parts();
            extend(&mut parts.extensions);
            parts
        };
        let of = async |mut parts: Parts| Shutdown::from_request_parts(&mut parts, &()).await;
        let served = request(&|known| {
            known.insert(Ids::named("r-7", Trace::default()).info().clone());
        });
        assert_eq!(of(served).await.unwrap().stage(), Stage::Ready);
        let elsewhere = request(&|known| {
            known.insert(RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None));
        });
        for parts in [elsewhere, request(&|_| ())] {
            assert_eq!(of(parts).await.unwrap_err().status(), 500);
        }
    }
}
