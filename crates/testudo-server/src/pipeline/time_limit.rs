//! Work within its time.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::{Poll, ready},
    time::Duration,
};

use tokio::{
    task::unconstrained,
    time::{Instant, sleep, sleep_until},
};

/// What `work` comes to within `limit` from `started`, nothing after it. Work that is done at once costs neither a look
/// at the clock nor a timer.
pub(super) async fn within<F: Future>(
    started: Instant,
    limit: Duration,
    mut work: Pin<&mut F>,
) -> Option<F::Output> {
    let deadline = started.checked_add(limit);
    let mut timer = pin!(None);
    poll_fn(|context| {
        if let Poll::Ready(done) = work.as_mut().poll(context) {
            return Poll::Ready(Some(done));
        }
        if timer.is_none() {
            // A limit beyond all time is far enough away in any case.
            let end = deadline.map_or_else(|| sleep(limit), sleep_until);
            // Also for work that uses up its turn each time: its end would never be looked at.
            timer.set(Some(unconstrained(end)));
        }
        if let Some(timer) = timer.as_mut().as_pin_mut() {
            ready!(timer.poll(context));
        }
        Poll::Ready(None)
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    async fn limited<T>(work: impl Future<Output = T>) -> (Option<T>, u64) {
        let started = Instant::now();
        let done = within(started, LIMIT, pin!(work)).await;
        (done, started.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn work_has_its_time_and_no_more() {
        let lasting = |secs| async move { tokio::time::sleep(Duration::from_secs(secs)).await };
        assert_eq!(limited(ready(7)).await, (Some(7), 0), "at once");
        assert_eq!(limited(lasting(29)).await, (Some(()), 29), "in time");
        assert_eq!(limited(lasting(31)).await, (None, 30), "too late");
        assert_eq!(limited(pending::<()>()).await, (None, 30), "never");
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_counts_from_before_the_first_step() {
        let slow_to_begin = async {
            tokio::time::advance(Duration::from_secs(20)).await;
            pending::<()>().await;
        };
        assert_eq!(limited(slow_to_begin).await, (None, 30));
    }

    #[tokio::test]
    async fn work_that_is_always_busy_is_ended_too() {
        // Far more than fit into the time, and yet an end: a limit that is never looked at is to fail here.
        let busy = async {
            for _ in 0..20_000_000 {
                tokio::task::consume_budget().await;
            }
        };
        assert!(within(Instant::now(), Duration::from_millis(20), pin!(busy)).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_may_be_beyond_all_time() {
        assert_eq!(within(Instant::now(), Duration::MAX, pin!(ready(7))).await, Some(7));
        let later = tokio::time::sleep(Duration::from_secs(1));
        assert!(within(Instant::now(), Duration::MAX, pin!(later)).await.is_some());
    }
}
