//! What happens to a request that was let in.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    extract::{DefaultBodyLimit, Request},
};
use http::{HeaderMap, Response, StatusCode, header, request::Parts as Head};
use testudo_settings::ServerSettings;
use tower_http::compression::{Compression, CompressionLayer, Predicate};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    Parts,
    content::Content,
    exchange::Exchange,
    refusal::{Refusal, refuse},
};
use crate::{listen::PacedBody, observe::metrics::RefusalReason};

/// Smallest content that is worth compressing, in bytes.
const COMPRESSED_MIN_BYTES: u64 = 1_024;

/// The routes, and what is round them.
pub(super) struct Routes {
    plain: axum::Router,
    compressed: Option<Compressed>,
    timeout: Duration,
    pause: Duration,
    body_limit: usize,
}

type Compressed = Compression<axum::Router, Worth>;

impl Routes {
    pub(super) fn new(routes: axum::Router, settings: &ServerSettings) -> Self {
        let layer = CompressionLayer::new().compress_when(Worth);
        Self {
            compressed: settings.compression.then(|| layer.layer(routes.clone())),
            plain: routes,
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
    content: Content,
    exchange: &mut Exchange,
) -> Response<Body> {
    let unavailable = |detail, reason| {
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, detail, reason).retry_after(parts.gate.retry_after())
    };
    // Work that would come too late is not begun.
    let Ok(permit) = parts.gate.enter().await else {
        return refuse(exchange, &unavailable("the service is overloaded", RefusalReason::Overload));
    };
    let (request, late) = parts.routes.limited(head, content);
    let answer = parts.routes.call(request);
    let Ok(response) = tokio::time::timeout(parts.routes.timeout, answer).await else {
        exchange.has_timed_out();
        return refuse(exchange, &unavailable("the request took longer than it may", RefusalReason::Timeout));
    };
    // Content that is still sent takes no room: a stream may go on for hours.
    drop(permit);
    // Whoever read the content could not tell that from content that is broken.
    if response.status() == StatusCode::BAD_REQUEST && late.is_some_and(|late| late.load(Ordering::Relaxed)) {
        let detail = "the content did not come in time: send it without longer pauses";
        let refusal = Refusal::new(StatusCode::REQUEST_TIMEOUT, detail, RefusalReason::Timeout);
        return refuse(exchange, &refusal.closing());
    }
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        exchange.observer().metrics().refused(RefusalReason::Body);
    }
    response
}

impl Routes {
    /// The request with the limits of its content: how much, and how slowly. The flag says whether it was too slow.
    fn limited(&self, head: Head, content: Content) -> (Request, Option<Arc<AtomicBool>>) {
        let (content, late) = if content.is_end_stream() {
            (Body::empty(), None)
        } else {
            let content = PacedBody::new(content, self.pause);
            let late = content.late();
            (Body::new(content), Some(late))
        };
        let mut request = Request::from_parts(head, content);
        DefaultBodyLimit::max(self.body_limit).apply(&mut request);
        (request, late)
    }

    async fn call(&self, request: Request) -> Response<Body> {
        match &self.compressed {
            Some(compressed) if accepts_gzip(request.headers()) => {
                match compressed.clone().call(request).await {
                    Ok(response) => response.map(Body::new),
                    Err(never) => match never {},
                }
            }
            _ => match self.plain.clone().call(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
        }
    }
}

/// Others are served as they are, without a wrapper round their content.
fn accepts_gzip(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT_ENCODING).is_some_and(|accepted| {
        let accepted = accepted.as_bytes();
        accepted == b"*" || accepted.windows(4).any(|word| word.eq_ignore_ascii_case(b"gzip"))
    })
}

/// Which responses are worth compressing: text of some length, whose sender has nothing against it.
#[derive(Debug, Clone, Copy)]
struct Worth;

impl Predicate for Worth {
    fn should_compress<B: HttpBody>(&self, response: &Response<B>) -> bool {
        let headers = response.headers();
        let is_long = response.body().size_hint().exact().is_none_or(|bytes| bytes >= COMPRESSED_MIN_BYTES);
        // A secret beside what a client has sent could be guessed from the length (BREACH).
        is_long
            && is_text(headers)
            && !headers.contains_key(header::SET_COOKIE)
            && !forbids_transforming(headers)
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let Some(media_type) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    // Events have to leave at once; compressing would hold them back.
    (essence.starts_with("text/") && essence != "text/event-stream")
        || matches!(
            essence.as_str(),
            "application/json" | "application/javascript" | "application/xml" | "image/svg+xml"
        )
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
}

/// `no-transform` (RFC 9111, section 5.2.2.6).
fn forbids_transforming(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CACHE_CONTROL).iter();
    values
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .any(|directive| directive.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
}
