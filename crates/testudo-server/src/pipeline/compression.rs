//! Content that is sent compressed: where the client takes it, and where it is worth the work.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    task::{Context, Poll},
};

use axum::body::{Body, HttpBody};
use http::{HeaderMap, HeaderValue, Request, Response, header};
use tower_http::compression::{CompressionLayer, predicate::SizeAbove};
use tower_layer::Layer;
use tower_service::Service;

/// Smallest content that is worth compressing, in bytes.
const COMPRESSED_MIN_BYTES: u64 = 1_024;
const GZIP: HeaderValue = HeaderValue::from_static("gzip");

/// Compresses a response that is worth it, for a client that takes it. Caches are told in any case.
pub(super) async fn compress(mut response: Response<Body>, is_accepted: bool) -> Response<Body> {
    if !is_accepted {
        response.headers_mut().append(header::VARY, HeaderValue::from_name(header::ACCEPT_ENCODING));
        return response;
    }
    let mut request = Request::new(());
    request.headers_mut().insert(header::ACCEPT_ENCODING, GZIP);
    let layer = CompressionLayer::new().compress_when(SizeAbove::new(0));
    match layer.layer(Given(response)).call(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// A service that has its answer already.
struct Given(Response<Body>);

impl Service<Request<()>> for Given {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        ready(Ok(std::mem::take(&mut self.0)))
    }
}

/// What a client has said of codings, for when it is known whether that matters: most responses are too short.
pub(super) struct AcceptEncoding {
    field: Option<HeaderValue>,
    /// Hardly any client has several.
    more: Vec<HeaderValue>,
}

impl AcceptEncoding {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut fields = headers.get_all(header::ACCEPT_ENCODING).iter().cloned();
        Self { field: fields.next(), more: fields.collect() }
    }

    /// Whether the client takes gzip, and likes it no less than content as it is (RFC 9110, section 12.5.3).
    pub(super) fn has_gzip(&self) -> bool {
        let (mut gzip, mut any, mut identity) = (None, None, None);
        let fields = self.field.iter().chain(&self.more);
        for member in fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b',')) {
            let mut parts = member.split(|byte| *byte == b';');
            let coding = parts.next().unwrap_or_default().trim_ascii();
            let place = match coding {
                b"*" => &mut any,
                coding if coding.eq_ignore_ascii_case(b"gzip") => &mut gzip,
                coding if coding.eq_ignore_ascii_case(b"identity") => &mut identity,
                _ => continue,
            };
            *place = Some(parts.next().map_or(Some(1.0), weight).unwrap_or_default());
        }
        let gzip: f32 = gzip.or(any).unwrap_or_default();
        gzip > 0.0 && gzip >= identity.unwrap_or_default()
    }
}

/// `q=0.5` (RFC 9110, section 12.4.2).
fn weight(parameter: &[u8]) -> Option<f32> {
    let (name, value) = std::str::from_utf8(parameter).ok()?.split_once('=')?;
    if name.trim().eq_ignore_ascii_case("q") { value.trim().parse().ok() } else { None }
}

/// Whether a response is worth compressing: text of some length, whose sender has nothing against it.
pub(super) fn is_worth_compressing(response: &Response<Body>) -> bool {
    let headers = response.headers();
    response.body().size_hint().exact().is_none_or(|bytes| bytes >= COMPRESSED_MIN_BYTES)
        && is_text(headers)
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::CONTENT_RANGE)
        // A secret beside what a client has sent could be guessed from the length (BREACH).
        && !headers.contains_key(header::SET_COOKIE)
        && !forbids_transforming(headers)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_for_those_who_take_it() {
        for (fields, expected) in [
            (&[][..], false),
            (&["gzip"], true),
            (&["GZIP;q=0.5"], true),
            (&["deflate, gzip;q=1.0, *;q=0.5"], true),
            (&["br", "gzip"], true),
            (&["*"], true),
            (&["br"], false),
            (&["gzip;q=0"], false),
            (&["gzip ; q = 0.000, *"], false),
            (&["gzip;q=0, identity;q=0"], false),
            (&["*;q=0"], false),
            (&["identity, gzip;q=0.5"], false),
            (&["identity;q=0.5, gzip"], true),
            (&["gzip;q=high"], false),
            (&["gzipped"], false),
        ] {
            let mut headers = HeaderMap::new();
            for field in fields {
                headers.append(header::ACCEPT_ENCODING, field.parse().unwrap());
            }
            assert_eq!(AcceptEncoding::of(&headers).has_gzip(), expected, "{fields:?}");
        }
    }

    #[tokio::test]
    async fn only_what_is_worth_it_is_compressed_and_caches_are_told() {
        const LONG: usize = 1_024;
        let gzip = (Some("gzip"), Some("accept-encoding"));
        let plain = (None, None);
        for (name, bytes, fields, is_accepted, expected) in [
            ("long text", LONG, &[("content-type", "text/plain; charset=utf-8")][..], true, gzip),
            (
                "a client that does not take it",
                LONG,
                &[("content-type", "text/plain")],
                false,
                (None, gzip.1),
            ),
            ("short text", LONG - 1, &[("content-type", "text/plain")], true, plain),
            ("JSON of an API", LONG, &[("content-type", "application/problem+json")], true, gzip),
            ("an image", LONG, &[("content-type", "image/png")], true, plain),
            ("events", LONG, &[("content-type", "text/event-stream")], true, plain),
            ("beside a cookie", LONG, &[("content-type", "text/html"), ("set-cookie", "a=b")], true, plain),
            (
                "forbidden",
                LONG,
                &[("content-type", "text/html"), ("cache-control", "public, no-transform")],
                true,
                plain,
            ),
            (
                "a part",
                LONG,
                &[("content-type", "text/html"), ("content-range", "bytes 0-9/99")],
                true,
                plain,
            ),
        ] {
            let mut response = Response::new(Body::from(vec![b'x'; bytes]));
            for (name, value) in fields {
                response.headers_mut().insert(*name, HeaderValue::from_static(value));
            }
            if is_worth_compressing(&response) {
                response = compress(response, is_accepted).await;
            }
            let field = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
            assert_eq!((field(header::CONTENT_ENCODING), field(header::VARY)), expected, "{name}");
            let sent = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            assert_eq!(sent.len() < bytes, expected.0.is_some(), "{name}");
        }
    }
}
