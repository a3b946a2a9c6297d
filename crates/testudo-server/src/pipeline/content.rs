//! The content of a request and of its response, counted on its way.

use std::{
    mem,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum::body::Body;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use tracing::Span;

use super::exchange::Exchange;

/// The content of a request; whoever has the counter knows how much of it was read.
#[derive(Debug)]
pub(super) struct Content {
    body: Incoming,
    read: Arc<AtomicU64>,
}

impl Content {
    pub(super) fn new(body: Incoming, read: Arc<AtomicU64>) -> Self {
        Self { body, read }
    }
}

impl HttpBody for Content {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            self.read.fetch_add(bytes_of(frame), Ordering::Relaxed);
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
pub(super) struct Answered {
    body: Body,
    exchange: Exchange,
    span: Span,
}

impl Answered {
    pub(super) fn new(body: Body, exchange: Exchange, span: Span) -> Self {
        Self { body, exchange, span }
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        // Clean-ups of the request run when its content is gone.
        let _inside = self.span.enter();
        drop(mem::take(&mut self.body));
    }
}

impl HttpBody for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = {
            let Self { body, span, .. } = &mut *self;
            let _inside = span.enter();
            ready!(Pin::new(body).poll_frame(cx))
        };
        match &frame {
            Some(Ok(frame)) => {
                let bytes = bytes_of(frame);
                self.exchange.sends(bytes);
                // Nobody asks for more than there is: what was the last frame has to be known now.
                if self.body.is_end_stream() {
                    self.exchange.is_complete();
                }
            }
            Some(Err(_)) => {}
            None => self.exchange.is_complete(),
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

fn bytes_of(frame: &Frame<Bytes>) -> u64 {
    frame.data_ref().map_or(0, |data| data.len() as u64)
}
