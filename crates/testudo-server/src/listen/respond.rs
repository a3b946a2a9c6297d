//! One request on its connection: counted until its response is gone, and answered for the last time when it is time.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{Arc, atomic::Ordering::Relaxed},
    task::{Context, Poll, ready},
};

use http::{HeaderValue, Request, Response, StatusCode, Version, header::CONNECTION};
use http_body::{Body, Frame, SizeHint};
use hyper::body::{Bytes, Incoming};
use pin_project_lite::pin_project;

use super::{
    Answer, ConnectionInfo,
    activity::{Activity, InFlight},
    counters::ConnectionCounters,
    is_probe,
};

/// What answers the requests of one connection.
pub(super) struct Respond<A> {
    pub(super) answer: A,
    pub(super) info: Arc<ConnectionInfo>,
    pub(super) activity: Arc<Activity>,
    pub(super) counters: Arc<ConnectionCounters>,
    pub(super) max_header_fields: usize,
}

impl<A: Answer> Respond<A> {
    /// Answers a request. It is in flight from this call, not from the first poll.
    pub(super) fn respond(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Counted<A::Content>>, Infallible>> + Send + use<A> {
        let in_flight = self.activity.begin();
        if self.info.reserved && !is_probe(request.uri().path()) {
            self.counters.refused.fetch_add(1, Relaxed);
        }
        // HTTP/1 has counted them while it read; HTTP/2 has only looked at their size.
        let fits = request.headers().len() <= self.max_header_fields;
        let version = request.version();
        let work = self.answer.clone().answer(request, Arc::clone(&self.info), fits);
        Responding { work, in_flight: Some(in_flight), version }
    }
}

pin_project! {
    /// A request that is being answered. An `async` block would have room for the work twice, as what it was given and
    /// as what it waits for, and all of it is moved before it begins.
    struct Responding<F> {
        #[pin]
        work: F,
        in_flight: Option<InFlight>,
        version: Version,
    }
}

impl<F: Future<Output = Response<B>>, B> Future for Responding<F> {
    type Output = Result<Response<Counted<B>>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let responding = self.project();
        let response = ready!(responding.work.poll(context));
        let in_flight = responding.in_flight.take();
        let is_last_of_all = in_flight.as_ref().is_some_and(InFlight::is_last);
        let mut response = response.map(|body| Counted { body, in_flight });
        if is_last(*responding.version, response.status(), is_last_of_all) {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Poll::Ready(Ok(response))
    }
}

/// Whether a response closes its connection. An upgraded one has no next response, and HTTP/2 has a frame for it
/// (RFC 9113, section 8.2.2).
fn is_last(version: Version, status: StatusCode, last: bool) -> bool {
    last && version < Version::HTTP_2 && status != StatusCode::SWITCHING_PROTOCOLS
}

/// The content of a response whose request is in flight until it is gone.
pub(super) struct Counted<B> {
    body: B,
    in_flight: Option<InFlight>,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Counted<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let Self { body, in_flight } = &mut *self;
        if let Some(in_flight) = in_flight {
            in_flight.asked();
        }
        let frame = Pin::new(body).poll_frame(context);
        if let (Poll::Ready(Some(Ok(_))), Some(in_flight)) = (&frame, in_flight) {
            in_flight.gave();
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http1_says_close_and_never_on_an_upgrade() {
        for (version, status, last, expected) in [
            (Version::HTTP_11, 200, true, true),
            (Version::HTTP_10, 503, true, true),
            (Version::HTTP_11, 200, false, false),
            (Version::HTTP_11, 101, true, false),
            (Version::HTTP_2, 200, true, false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(is_last(version, status, last), expected, "{version:?} {status} {last}");
        }
    }
}
