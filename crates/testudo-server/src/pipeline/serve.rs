//! What happens to a request that was let in.

use std::{mem, pin::pin, time::Duration};

use axum::{body::Body, extract::DefaultBodyLimit};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use testudo_settings::ServerSettings;
use tower_service::Service;

use super::{
    Parts,
    compression::{AcceptEncoding, compress, is_worth_compressing},
    exchange::Exchange,
    refusal::{Refusal, refuse},
    time_limit::within,
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

/// Serves a request, which is taken, within its limits: room, time, content.
#[expect(
    clippy::manual_async_fn,
    reason = "the future of an `async fn` has room for an argument twice: as it came, and where it is used"
)]
pub(super) fn serve<'a>(
    parts: &'a Parts,
    request: &'a mut Request<Option<Incoming>>,
    exchange: &'a mut Exchange,
) -> impl Future<Output = Response<Body>> + Send + 'a {
    async move {
        let unavailable = |detail, reason| {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, detail, reason)
                .retry_after(parts.gate.retry_after())
        };
        // Work that would come too late is not begun.
        let Ok(permit) = parts.gate.enter().await else {
            return refuse(exchange, &unavailable("the service is overloaded", RefusalReason::Overload));
        };
        let routes = &parts.routes;
        let accepted = routes.compression.then(|| AcceptEncoding::of(request.headers()));
        let answer = pin!(routes.router.clone().call(routes.limited(mem::take(request), exchange)));
        let Some(Ok(response)) = within(exchange.started(), routes.timeout, answer).await else {
            exchange.has_timed_out();
            let refusal = unavailable("the request took longer than it may", RefusalReason::Timeout);
            return refuse(exchange, &refusal);
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
        match accepted {
            // In a box of its own: it is large, and seldom needed.
            Some(accepted) if is_worth_compressing(&response) => {
                Box::pin(compress(response, accepted.has_gzip())).await
            }
            _ => response,
        }
    }
}

impl Routes {
    /// The request with the limits of its content, if it has any: how much, and how slowly.
    fn limited(&self, request: Request<Option<Incoming>>, exchange: &mut Exchange) -> Request<Body> {
        let (head, content) = request.into_parts();
        let Some(content) = content.and_then(|content| exchange.watched(content, self.pause)) else {
            return Request::from_parts(head, Body::empty());
        };
        let mut request = Request::from_parts(head, Body::new(content));
        DefaultBodyLimit::max(self.body_limit).apply(&mut request);
        request
    }
}
