//! The bytes of a connection: what tells its activity that some came, and its writes that nobody reads.

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Sleep,
};

use super::{activity::Activity, permits::Ticket, sniff::Start, stall::Stall};

/// How long a closed connection is read on, so that the client gets the last response: a socket closed with bytes
/// unread is reset, and what the client has not read by then is lost (RFC 9112, section 9.6).
const LAST_READ: Duration = Duration::from_secs(1);
/// Most bytes read and dropped then.
const LAST_BYTES: usize = 1 << 20;
/// Most bytes that are copied into one piece to be written. A response's head and content come as two; up to about this
/// size, handing the kernel two costs more than the copy.
const JOINED_BYTES: usize = 4_096;

/// A connection's bytes. It holds the connection's ticket: whoever holds the bytes, after an upgrade too, holds the
/// connection.
pub(super) struct Watched<S> {
    io: S,
    start: Start,
    activity: Arc<Activity>,
    stall: Stall,
    shut: bool,
    last_read: Option<Pin<Box<Sleep>>>,
    dropped: usize,
    ended: bool,
    _ticket: Ticket,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Watched<S> {
    pub(super) fn new(io: S, activity: Arc<Activity>, write_stall: Duration, ticket: Ticket) -> Self {
        Self {
            io,
            start: Start::default(),
            activity,
            stall: Stall::new(write_stall),
            shut: false,
            last_read: None,
            dropped: 0,
            ended: false,
            _ticket: ticket,
        }
    }

    /// Reads until it is known what the client speaks, and keeps what was read for whoever reads next.
    pub(super) fn poll_sniff(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        loop {
            if let Some(http2) = self.start.is_http2() {
                return Poll::Ready(Ok(http2));
            }
            let mut buffer = ReadBuf::new(self.start.room());
            ready!(Pin::new(&mut self.io).poll_read(context, &mut buffer))?;
            let read = buffer.filled().len();
            if read == 0 {
                // Nothing more will come; HTTP/1 knows how to end.
                return Poll::Ready(Ok(false));
            }
            self.start.read(read);
            self.activity.received();
        }
    }

    /// Reads and drops what the client still sends, for a while.
    fn poll_last(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut waste = [0; 4_096];
        while !self.ended && self.dropped < LAST_BYTES {
            let mut buffer = ReadBuf::new(&mut waste);
            match Pin::new(&mut self.io).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => self.dropped += buffer.filled().len(),
                Poll::Ready(_) => self.ended = true,
                Poll::Pending => {
                    let begin = || Box::pin(tokio::time::sleep(LAST_READ));
                    return self.last_read.get_or_insert_with(begin).as_mut().poll(context);
                }
            }
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.start.give(buffer) {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.io).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            this.activity.received();
        } else if buffer.remaining() > 0 {
            this.ended = true;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.io).poll_write(context, bytes);
        self.stall.check(context, wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if slices.len() > 1 && slices.iter().map(|slice| slice.len()).sum::<usize>() <= JOINED_BYTES {
            let mut room = [MaybeUninit::uninit(); JOINED_BYTES];
            let mut joined = ReadBuf::uninit(&mut room);
            for slice in slices {
                joined.put_slice(slice);
            }
            return self.poll_write(context, joined.filled());
        }
        let wrote = Pin::new(&mut self.io).poll_write_vectored(context, slices);
        self.stall.check(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(context);
        self.stall.check(context, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut {
            let shut = Pin::new(&mut this.io).poll_shutdown(context);
            ready!(this.stall.check(context, shut))?;
            this.shut = true;
        }
        if this.activity.is_given_up() {
            return Poll::Ready(Ok(()));
        }
        this.poll_last(context).map(Ok)
    }
}
