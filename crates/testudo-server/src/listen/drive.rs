//! Drives one connection to its end, whoever brings that about.

use std::{
    error::Error,
    future::{Future, poll_fn},
    io,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};

use super::{
    activity::{Activity, Expired, Phase},
    counters::{ConnectionCounters, TimedOut},
    shutdown::Shutdown,
    watch::{Alarm, Watch},
};

/// One connection's guide.
pub(super) struct Drive {
    pub(super) activity: Arc<Activity>,
    pub(super) counters: Arc<ConnectionCounters>,
    pub(super) shutdown: Shutdown,
    pub(super) watch: Watch,
}

/// What is done about an alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    /// Nothing: the next response closes the connection.
    LastResponse,
    /// Takes no more requests, but those that are on their way by the protocol's own rules.
    Close,
    /// Nobody is waited for any more.
    Drop,
}

impl Drive {
    /// What `work` says, unless there is no more time for it.
    pub(super) async fn before_requests<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        loop {
            let event = poll_fn(|context| match work.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Ok(done)),
                Poll::Pending => self.watch.poll(context).map(Err),
            });
            match event.await {
                Ok(done) => return Some(done),
                Err(alarm @ (Alarm::Expired(_) | Alarm::Closed)) => {
                    self.count(alarm);
                    return None;
                }
                Err(Alarm::Aged | Alarm::Closing) => self.activity.finish(),
            }
        }
    }

    /// Drives a connection of either protocol; `close` asks it to end when it has answered what it has.
    pub(super) async fn finish<C>(mut self, connection: C, close: impl Fn(Pin<&mut C>))
    where
        C: Future<Output = Result<(), hyper::Error>>,
    {
        let mut connection = pin!(connection);
        // The service may close, and the connection be too old, before it is known what the client speaks.
        let mut closed = self.activity.is_http2() && self.activity.is_finishing();
        if closed {
            close(connection.as_mut());
        }
        loop {
            let event = poll_fn(|context| match connection.as_mut().poll(context) {
                Poll::Ready(ended) => Poll::Ready(Ok(ended)),
                Poll::Pending => self.watch.poll(context).map(Err),
            });
            let alarm = match event.await {
                Ok(ended) => return self.ended(ended),
                Err(alarm) => alarm,
            };
            self.activity.finish();
            match decide(alarm, self.activity.is_http2(), closed) {
                Act::LastResponse => {}
                Act::Close => {
                    if let Alarm::Expired(_) = alarm {
                        self.count(alarm);
                        self.activity.give_up();
                    }
                    close(connection.as_mut());
                    closed = true;
                }
                Act::Drop => return self.dropped(alarm),
            }
        }
    }

    fn dropped(&self, alarm: Alarm) {
        if alarm == Alarm::Closed {
            self.shutdown.count_cut_off(self.activity.in_flight());
        }
        self.count(alarm);
    }

    /// What ends with the service has not run out of its own time.
    fn count(&self, alarm: Alarm) {
        if let Alarm::Expired(expired) = alarm
            && !self.activity.is_given_up()
            && (!expired.is_idle() || !self.watch.is_closing())
        {
            self.counters.count_timed_out(expired.timed_out());
        }
    }

    fn ended(&self, ended: Result<(), hyper::Error>) {
        let Err(error) = ended else { return };
        if is_stall(&error) {
            self.counters.count_timed_out(TimedOut::Write);
        }
        // The client went away or spoke something else; nobody here can act on that.
        tracing::debug!(error = &error as &dyn Error, "connection ended early");
    }
}

/// `closed` is whether the connection was asked to end already.
fn decide(alarm: Alarm, http2: bool, closed: bool) -> Act {
    match alarm {
        // Its client has had its time for the header section, or to see that the connection ends.
        Alarm::Closed | Alarm::Expired(Expired::Waiting(Phase::Header) | Expired::Unread) => Act::Drop,
        Alarm::Expired(_) if closed => Act::Drop,
        Alarm::Expired(_) => Act::Close,
        // GOAWAY says which streams are still answered (RFC 9113, section 6.8), so no request is lost.
        Alarm::Aged | Alarm::Closing if http2 => Act::Close,
        // HTTP/1 has no such thing: closing an idle connection may meet a request that is on its way.
        Alarm::Aged | Alarm::Closing => Act::LastResponse,
    }
}

/// Whether the connection ended because its client did not read.
fn is_stall(error: &hyper::Error) -> bool {
    let cause = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    // An error of the system has a number; ours has none.
    cause.is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut && cause.raw_os_error().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http2_is_asked_to_end_and_http1_waits_for_its_next_response() {
        for (alarm, http2, closed, expected) in [
            (Alarm::Aged, false, false, Act::LastResponse),
            (Alarm::Aged, true, false, Act::Close),
            (Alarm::Closing, false, false, Act::LastResponse),
            (Alarm::Closing, true, true, Act::Close),
            (Alarm::Expired(Expired::Waiting(Phase::Idle)), false, false, Act::Close),
            (Alarm::Expired(Expired::Waiting(Phase::Idle)), true, true, Act::Drop),
            (Alarm::Expired(Expired::Waiting(Phase::FirstByte)), false, false, Act::Close),
            (Alarm::Expired(Expired::Waiting(Phase::Header)), false, false, Act::Drop),
            (Alarm::Expired(Expired::Unread), true, false, Act::Drop),
            (Alarm::Closed, true, false, Act::Drop),
            (Alarm::Closed, false, false, Act::Drop),
        ] {
            assert_eq!(decide(alarm, http2, closed), expected, "{alarm:?} http2={http2} closed={closed}");
        }
    }
}
