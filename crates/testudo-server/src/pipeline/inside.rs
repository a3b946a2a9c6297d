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

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        io,
        pin::pin,
        sync::{Arc, OnceLock},
    };

    use futures_util::FutureExt;
    use testudo_settings::{Environment, LogSettings};
    use tracing::{dispatcher::with_default, span::Id};

    use super::*;
    use crate::observe::log::Logger;

    /// Remembers in which span it was dropped.
    #[derive(Clone, Default)]
    struct Dropped(Arc<OnceLock<Option<Id>>>);

    struct Guard(Dropped);

    impl Drop for Guard {
        fn drop(&mut self) {
            let _ = self.0.0.set(Span::current().id());
        }
    }

    async fn guarded(dropped: Dropped, work: impl Future<Output = ()>) {
        let _guard = Guard(dropped);
        work.await;
    }

    #[test]
    fn work_is_dropped_inside_its_span_when_it_is_done_and_when_it_is_given_up() {
        let logger = Logger::new(&LogSettings::default(), Environment::Test, io::sink(), false).unwrap();
        with_default(&logger.dispatch(), || {
            let span = tracing::error_span!("request");
            let (done, given_up) = (Dropped::default(), Dropped::default());
            let work = pin!(Some(guarded(done.clone(), ready(()))));
            assert!(Inside::new(work, &span).now_or_never().is_some());
            assert_eq!(done.0.get(), Some(&span.id()), "done");

            let work = pin!(Some(guarded(given_up.clone(), pending())));
            let mut waiting = Inside::new(work, &span);
            assert!((&mut waiting).now_or_never().is_none());
            assert_eq!(given_up.0.get(), None, "it waits");
            drop(waiting);
            assert_eq!(given_up.0.get(), Some(&span.id()), "given up");
            assert_eq!(Span::current().id(), None, "outside");
        });
    }
}
