//! What is known of a request until it is over, and what is then told of it.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, HttpBody};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header};
use hyper::body::Incoming;
use tokio::time::Instant;
use tracing::Span;

use super::{
    content::{Answered, Content, Received},
    error_class,
};
use crate::observe::{
    InFlight, Observer,
    access::{AccessRecord, Outcome},
    ids::Ids,
};

/// A request on its way. It is in a box from its beginning: it outlives the work, as part of its response's content. Its line and its metrics are written when it is dropped: whatever happens, once.
pub(super) struct Exchange {
    ids: Ids,
    started: Instant,
    in_flight: InFlight,
    method: Method,
    uri: Uri,
    version: Version,
    host: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    /// Nothing for a request without content.
    received: Option<Arc<Received>>,
    sent: u64,
    status: Option<StatusCode>,
    error: Option<&'static str>,
    outcome: Outcome,
}

impl Exchange {
    pub(super) fn begin<B>(observer: &Arc<Observer>, request: &Request<B>, ids: Ids) -> Box<Self> {
        Box::new(Self {
            ids,
            started: Instant::now(),
            in_flight: observer.begin(request.method()),
            method: request.method().clone(),
            uri: request.uri().clone(),
            version: request.version(),
            host: request.headers().get(header::HOST).cloned(),
            user_agent: request.headers().get(header::USER_AGENT).cloned(),
            received: None,
            sent: 0,
            status: None,
            error: None,
            // Until somebody knows better: a client that goes away tells nobody.
            outcome: Outcome::Aborted,
        })
    }

    pub(super) fn observer(&self) -> &Observer {
        self.in_flight.observer()
    }

    /// When it began: whatever it waits for counts.
    pub(super) fn started(&self) -> Instant {
        self.started
    }

    pub(super) fn ids(&self) -> &Ids {
        &self.ids
    }

    pub(super) fn path(&self) -> &str {
        self.uri.path()
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    /// The content of the request, watched, if it has any.
    pub(super) fn watched(&mut self, content: Incoming, pause: Duration) -> Option<Content> {
        if content.is_end_stream() {
            return None;
        }
        Some(Content::new(content, pause, self.received.get_or_insert_default().clone()))
    }

    /// Whether the content paused for longer than it may.
    pub(super) fn has_stalled(&self) -> bool {
        self.received.as_ref().is_some_and(|received| received.has_stalled())
    }

    /// The request has run out of time; how its response is sent changes nothing.
    pub(super) fn has_timed_out(&mut self) {
        self.outcome = Outcome::Timeout;
    }

    pub(super) fn is_complete(&mut self) {
        if self.outcome == Outcome::Aborted {
            self.outcome = Outcome::Complete;
        }
    }

    pub(super) fn sends(&mut self, bytes: u64) {
        self.sent += bytes;
    }

    /// The response, whose end is the end of the exchange.
    pub(super) fn answered(mut self: Box<Self>, response: Response<Body>, span: Span) -> Response<Answered> {
        self.status = Some(response.status());
        self.error = error_class(&response);
        if response.body().is_end_stream() || self.method == Method::HEAD {
            // There is nothing to wait for.
            self.is_complete();
            return response.map(Answered::at_once);
        }
        response.map(|body| Answered::new(body, self, span))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let (info, ended) = (self.ids.info(), Instant::now());
        let host = self.host.as_ref().and_then(|host| host.to_str().ok());
        self.observer().finish(&AccessRecord {
            ids: &self.ids,
            method: &self.method,
            route: info.route(),
            path: self.uri.path(),
            status: self.status,
            ended: ended.into_std(),
            duration: ended.saturating_duration_since(self.started),
            request_bytes: self.received.as_ref().map_or(0, |received| received.bytes()),
            response_bytes: self.sent,
            version: self.version,
            client: info.client().map(|client| client.0),
            host: host.or_else(|| self.uri.authority().map(http::uri::Authority::as_str)),
            user_agent: self.user_agent.as_ref().map(HeaderValue::as_bytes),
            outcome: self.outcome,
            shields: &info.take_shields(),
            error: self.error,
        });
    }
}
