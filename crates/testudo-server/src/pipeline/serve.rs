//! What happens to a request that was let in.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Request},
};
use http::{Response, StatusCode, request::Parts as Head};
use hyper::body::Incoming;
use testudo_settings::ServerSettings;
use tower_service::Service;

use super::{
    Parts, compression,
    content::Content,
    exchange::Exchange,
    refusal::{Refusal, refuse},
};
use crate::observe::metrics::RefusalReason;

/// The routes, and what is round them.
pub(super) struct Routes {
    router: axum::Router,
    compression: bool,
    timeout: Duration,
    pause: Duration,
    body_limit: usize,
}

impl Routes {
    pub(super) fn new(routes: axum::Router, settings: &ServerSettings) -> Self {
        Self {
            router: routes,
            compression: settings.compression,
            timeout: *settings.request_timeout,
            pause: *settings.body_read_timeout,
            body_limit: settings.max_body_size.as_usize(),
        }
    }
}

/// Serves a request within its limits: room, time, content.
pub(super) async fn serve(
    parts: &Parts,
    head: Head,
    content: Incoming,
    exchange: &mut Exchange,
) -> Response<Body> {
    let unavailable = |detail, reason| {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, detail, reason).retry_after(parts.gate.retry_after())
    };
    // Work that would come too late is not begun.
    let Ok(permit) = parts.gate.enter().await else {
        return refuse(exchange, &unavailable("the service is overloaded", RefusalReason::Overload));
    };
    let content = exchange.watched(content, parts.routes.pause);
    let answer = parts.routes.call(parts.routes.limited(head, content));
    let Ok(response) = tokio::time::timeout(parts.routes.timeout, answer).await else {
        exchange.has_timed_out();
        return refuse(exchange, &unavailable("the request took longer than it may", RefusalReason::Timeout));
    };
    // Content that is still sent takes no room: a stream may go on for hours.
    drop(permit);
    match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => exchange.observer().metrics().refused(RefusalReason::Body),
        // Whoever read the content knows only that it broke off.
        StatusCode::BAD_REQUEST if exchange.has_stalled() => {
            let detail = "the content of the request came too slowly";
            let refusal = Refusal::new(StatusCode::REQUEST_TIMEOUT, detail, RefusalReason::Timeout);
            return refuse(exchange, &refusal.closing());
        }
        _ => {}
    }
    response
}

impl Routes {
    /// The request with the limits of its content: how much, and how slowly.
    fn limited(&self, head: Head, content: Option<Content>) -> Request {
        let content = content.map_or_else(Body::empty, Body::new);
        let mut request = Request::from_parts(head, content);
        DefaultBodyLimit::max(self.body_limit).apply(&mut request);
        request
    }

    async fn call(&self, request: Request) -> Response<Body> {
        let is_accepted = self.compression && compression::accepts_gzip(request.headers());
        let response = match self.router.clone().call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        if self.compression { compression::compress(response, is_accepted).await } else { response }
    }
}
