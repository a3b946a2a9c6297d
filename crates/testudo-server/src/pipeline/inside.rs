//! Work that is done, and given up, inside the span of its request.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use tracing::Span;

/// Work that lies where it was begun: it is large, and what is passed on is this handle. It goes as soon as it is
/// done, so that the span is not entered once more to find nothing.
pub(super) struct Inside<'a, F> {
    work: Pin<&'a mut Option<F>>,
    span: &'a Span,
}

impl<'a, F> Inside<'a, F> {
    /// Polled to its end at most once.
    pub(super) fn new(work: Pin<&'a mut Option<F>>, span: &'a Span) -> Self {
        Self { work, span }
    }
}

impl<F: Future> Future for Inside<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let _inside = self.span.enter();
        let Some(work) = self.work.as_mut().as_pin_mut() else { return Poll::Pending };
        let done = ready!(work.poll(context));
        self.work.set(None);
        Poll::Ready(done)
    }
}

impl<F> Drop for Inside<'_, F> {
    fn drop(&mut self) {
        if self.work.is_some() {
            // What the work has begun is cleaned up by dropping it, and that may be logged.
            let _inside = self.span.enter();
            self.work.set(None);
        }
    }
}
