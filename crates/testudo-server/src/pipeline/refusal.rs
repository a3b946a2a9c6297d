//! What is refused before any route has seen it, as problem details.

use std::{any::Any, time::Duration};

use axum::{body::Body, response::IntoResponse};
use http::{HeaderValue, Response, StatusCode, Version, header};
use testudo_core::Problem;

use super::exchange::Exchange;
use crate::observe::metrics::RefusalReason;

/// A refusal, and why metrics count it.
pub(super) struct Refusal {
    status: StatusCode,
    detail: &'static str,
    reason: Option<RefusalReason>,
    retry_after: Option<Duration>,
    /// Whether the connection is of no further use.
    closes: bool,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, detail: &'static str, reason: RefusalReason) -> Self {
        Self { reason: Some(reason), ..Self::uncounted(status, detail) }
    }

    /// One that is no sign of trouble.
    pub(super) fn uncounted(status: StatusCode, detail: &'static str) -> Self {
        Self { status, detail, reason: None, retry_after: None, closes: false }
    }

    pub(super) fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }

    pub(super) fn closing(self) -> Self {
        Self { closes: true, ..self }
    }
}

/// Refuses a request.
pub(super) fn refuse(exchange: &Exchange, refusal: &Refusal) -> Response<Body> {
    let Refusal { status, detail, reason, retry_after, closes } = *refusal;
    if let Some(reason) = reason {
        exchange.observer().metrics().refused(reason);
    }
    let mut problem = exchange.ids().info().complete(Problem::new(status).detail(detail), exchange.path());
    if let Some(after) = retry_after {
        // Whole seconds (RFC 9110, section 10.2.3), and never too early.
        let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
        problem = problem.header(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let mut response = problem.into_response();
    if closes && exchange.version() < Version::HTTP_2 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// What a client gets when a layer round the routes has panicked.
pub(super) fn panicked(exchange: &Exchange, panic: &(dyn Any + Send)) -> Response<Body> {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("a panic without a message");
    tracing::error!(
        target: "testudo::problem::panic",
        request_id = exchange.ids().info().id().as_str(),
        url.path = exchange.path(),
        http.response.status_code = 500,
        error = text,
        "a layer round the routes panicked"
    );
    let problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR);
    exchange.ids().info().complete(problem, exchange.path()).into_response()
}
