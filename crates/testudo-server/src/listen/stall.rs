//! A peer that has stopped reading.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep};

/// Fails writes that make no progress. As long as they make some, it costs nothing.
#[derive(Debug)]
pub(super) struct Stall {
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    armed: bool,
}

impl Stall {
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, timer: None, armed: false }
    }

    /// Passes on what a write said, unless it has been waiting for too long.
    pub(super) fn check<T>(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.armed = false;
            return wrote;
        }
        let deadline = || Instant::now() + self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline())));
        if !self.armed {
            timer.as_mut().reset(Instant::now() + self.limit);
            self.armed = true;
        }
        ready!(timer.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read")))
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_write_without_progress_fails() {
        let mut stall = Stall::new(Duration::from_secs(30));
        let begin = Instant::now();
        let pending =
            |stall: &mut Stall, context: &mut Context<'_>| stall.check::<()>(context, Poll::Pending);

        let waiting = poll_fn(|context| pending(&mut stall, context));
        assert!(tokio::time::timeout(Duration::from_secs(29), waiting).await.is_err());
        poll_fn(|context| stall.check(context, Poll::Ready(Ok(1)))).await.unwrap();

        let error = poll_fn(|context| pending(&mut stall, context)).await.unwrap_err();
        assert_eq!((error.kind(), begin.elapsed().as_secs()), (io::ErrorKind::TimedOut, 29 + 30));
    }
}
