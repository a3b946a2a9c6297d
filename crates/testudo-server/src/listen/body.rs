//! Content that has to keep coming.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::BoxError;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

/// A request's content, which fails with [`BodyTimeout`] once the client has paused for longer than it may. Content
/// that is there when it is asked for costs no timer, and time in which nobody asks does not count.
#[derive(Debug)]
pub(crate) struct PacedBody<B> {
    body: B,
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
    late: Arc<AtomicBool>,
}

impl<B> PacedBody<B> {
    /// Paces `body`: `limit` is for each pause, not for the whole.
    pub(crate) fn new(body: B, limit: Duration) -> Self {
        Self { body, limit, timer: None, waiting: false, late: Arc::default() }
    }

    /// Whether the client has paused for too long: whoever reads the content knows only that it failed.
    pub(crate) fn late(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.late)
    }
}

impl<B> Body for PacedBody<B>
where
    B: Body + Unpin,
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.waiting = false;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let deadline = Instant::now() + this.limit;
        let timer = this.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if !this.waiting {
            timer.as_mut().reset(deadline);
            this.waiting = true;
        }
        ready!(timer.as_mut().poll(context));
        this.late.store(true, Ordering::Relaxed);
        Poll::Ready(Some(Err(BodyTimeout { limit: this.limit }.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The client paused for too long while it sent content: `408` (RFC 9110, section 15.5.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BodyTimeout {
    limit: Duration,
}

impl fmt::Display for BodyTimeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no content came for {:?}: send it without longer pauses", self.limit)
    }
}

impl Error for BodyTimeout {}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http_body_util::BodyExt;

    use super::*;

    /// Content of three bytes, each after its own pause in seconds.
    fn paced(pauses: [u64; 3]) -> PacedBody<axum::body::Body> {
        let bytes = stream::unfold(pauses.into_iter(), |mut pauses| async move {
            tokio::time::sleep(Duration::from_secs(pauses.next()?)).await;
            Some((Ok::<_, std::io::Error>("x"), pauses))
        });
        PacedBody::new(axum::body::Body::from_stream(bytes), Duration::from_secs(20))
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_that_is_too_long_fails_and_slow_content_does_not() {
        for (name, pauses, expected) in [
            ("at once", [0, 0, 0], Ok(3)),
            ("slow", [19, 19, 19], Ok(3)),
            ("a long pause at first", [21, 0, 0], Err(())),
            ("a long pause at last", [0, 0, 21], Err(())),
        ] {
            let collected = paced(pauses).collect().await;
            let got = collected.map(|body| body.to_bytes().len()).map_err(|error| {
                assert!(error.is::<BodyTimeout>(), "{name}: {error}");
            });
            assert_eq!(got, expected, "{name}");
        }
    }
}
