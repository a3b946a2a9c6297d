//! Whether a request may come in. Nothing here waits, and nothing of the routes is touched.

use axum::body::Body;
use http::{HeaderValue, Request, Response, StatusCode, header};

use super::{Edge, Parts, refusal::Refusal};
use crate::{
    edge::{Decision, check_framing},
    health::Probe,
    observe::metrics::RefusalReason,
};

/// Why a request does not go to its route.
pub(super) enum Turned {
    /// It is answered already.
    Answered(Box<Response<Body>>),
    /// It is refused.
    Refused(Refusal),
}

pub(super) fn admit<B>(
    edge: &Edge,
    parts: &Parts,
    request: &Request<B>,
    fits: bool,
    reserved: bool,
    cors: &Decision,
) -> Result<(), Turned> {
    if !fits {
        let detail = "the request has more header fields than it may";
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        return Err(Turned::Refused(Refusal::new(status, detail, RefusalReason::Header)));
    }
    // First: nothing that follows may be decided on a request that two readers understand differently.
    if let Err(error) = check_framing(request.version(), request.method(), request.uri(), request.headers()) {
        let refusal = Refusal::new(error.status(), error.detail(), RefusalReason::Framing);
        return Err(Turned::Refused(refusal.closing()));
    }
    // Under any host, in the reserve, and whatever the load.
    if let Some(probe) = Probe::of(request.method(), request.uri().path()) {
        return Err(Turned::Answered(Box::new(probe.answer(
            &parts.readiness,
            parts.shutdown.stage(),
            false,
        ))));
    }
    if reserved {
        let detail = "the service has as many connections as it can serve";
        let refusal = Refusal::new(StatusCode::SERVICE_UNAVAILABLE, detail, RefusalReason::Overload);
        return Err(Turned::Refused(refusal.retry_after(parts.gate.retry_after()).closing()));
    }
    if let Err(error) = edge.hosts.check(request.version(), request.uri(), request.headers()) {
        return Err(Turned::Refused(Refusal::new(error.status(), error.detail(), RefusalReason::Host)));
    }
    match cors {
        Decision::Preflight(_) => Err(Turned::Answered(Box::new(preflight()))),
        Decision::Refused(refusal) => {
            Err(Turned::Refused(Refusal::uncounted(StatusCode::FORBIDDEN, refusal.detail())))
        }
        Decision::None | Decision::Actual(_) => Ok(()),
    }
}

/// The answer to a preflight: its fields are added like those of every response.
fn preflight() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
