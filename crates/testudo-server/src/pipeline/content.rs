//! The content of a request and of its response, counted on its way.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{BoxError, body::Body};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use tracing::Span;

use super::exchange::Exchange;
use crate::listen::{BodyTimeout, PacedBody};

/// How the content of a request came in.
#[derive(Debug, Default)]
pub(super) struct Received {
    bytes: AtomicU64,
    /// It paused for longer than it may.
    stalled: AtomicBool,
}

impl Received {
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn has_stalled(&self) -> bool {
        self.stalled.load(Ordering::Relaxed)
    }
}

/// The content of a request, which has to keep coming; whoever has the other end knows how it came in.
#[derive(Debug)]
pub(super) struct Content {
    body: PacedBody<Incoming>,
    received: Arc<Received>,
}

impl Content {
    pub(super) fn new(body: Incoming, pause: Duration, received: Arc<Received>) -> Self {
        Self { body: PacedBody::new(body, pause), received }
    }
}

impl HttpBody for Content {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => drop(self.received.bytes.fetch_add(bytes_of(frame), Ordering::Relaxed)),
            Some(Err(error)) if error.is::<BodyTimeout>() => {
                self.received.stalled.store(true, Ordering::Relaxed);
            }
            Some(Err(_)) | None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The content of a response. The exchange is over when it is: sent to its end, or given up. What is logged while it is
/// made belongs to the request.
pub(crate) struct Answered {
    /// Nothing once it has been sent to its end.
    body: Option<Body>,
    /// Nothing if it was over with the response's header section.
    exchange: Option<Box<Exchange>>,
    span: Span,
}

impl Answered {
    pub(super) fn new(body: Body, exchange: Box<Exchange>, span: Span) -> Self {
        Self { body: Some(body), exchange: Some(exchange), span }
    }

    /// Content for which nobody waits.
    pub(super) fn at_once(body: Body) -> Self {
        Self { body: Some(body), exchange: None, span: Span::none() }
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            // Clean-ups of the request run when its content is gone.
            let _inside = self.span.enter();
            drop(body);
        }
    }
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Self { body, span, exchange } = &mut *self;
        let Some(content) = body else { return Poll::Ready(None) };
        let _inside = span.enter();
        let frame = ready!(Pin::new(&mut *content).poll_frame(cx));
        if let (Some(Ok(frame)), Some(exchange)) = (&frame, exchange.as_mut()) {
            exchange.sends(bytes_of(frame));
        }
        let is_over = match &frame {
            // Nobody asks for more than there is: what was the last frame has to be known now.
            Some(Ok(_)) => content.is_end_stream(),
            Some(Err(_)) => false,
            None => true,
        };
        if is_over {
            if let Some(exchange) = exchange {
                exchange.is_complete();
            }
            *body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

fn bytes_of(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, |data| data.len() as u64)
}
