//! The accept loop of one listener.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use tokio::net::{TcpListener, TcpStream};

use super::{
    Answer, ConnectionCounters, ConnectionInfo, Limits, Listener, Shutdown, Tls,
    accept_error::pause,
    bind::BACKLOG,
    connection::serve,
    hand_over,
    permits::{Permit, Permits, Ticket},
};

/// What one listener serves, and how.
#[derive(Debug)]
pub(crate) struct Endpoint<A> {
    /// The pipeline.
    pub(crate) answer: A,
    /// What its connections may take.
    pub(crate) limits: Limits,
    /// Its certificate; nothing for plain TCP.
    pub(crate) tls: Option<Tls>,
    /// What metrics read.
    pub(crate) counters: Arc<ConnectionCounters>,
    /// The service's stop.
    pub(crate) shutdown: Shutdown,
}

/// Accepts and serves until the service closes; then what is pending is accepted, and the listener closed. Connections
/// go on in tasks of their own, for which the [lifecycle](super::Lifecycle) waits.
pub(crate) async fn accept<A: Answer>(listener: Listener, endpoint: Endpoint<A>) {
    // Part of what the shutdown waits for: what is pending must not come too late to be counted.
    let _tracked = endpoint.shutdown.connections().token();
    let shutdown = endpoint.shutdown.clone();
    let acceptor = Acceptor { permits: Permits::new(&endpoint.limits), endpoint: Arc::new(endpoint) };
    let Listener { socket, inherited, shared } = listener;
    tokio::select! {
        biased;
        () = shutdown.closing() => {}
        never = acceptor.forever(&socket) => match never {},
    }
    if shared && hand_over::begin(&socket).is_ok() {
        let _ = tokio::time::timeout(hand_over::SETTLE, acceptor.forever(&socket)).await;
    }
    // A supervisor's socket stays open with it: whoever comes next finds what is pending.
    if !inherited && let Err(error) = acceptor.pending(socket) {
        tracing::warn!(%error, "connections that were pending may be lost");
    }
}

struct Acceptor<A> {
    permits: Permits,
    endpoint: Arc<Endpoint<A>>,
}

impl<A: Answer> Acceptor<A> {
    async fn forever(&self, socket: &TcpListener) -> std::convert::Infallible {
        let mut failures = 0;
        loop {
            let permit = self.permits.take().await;
            match socket.accept().await {
                Ok((stream, peer)) => {
                    failures = 0;
                    self.start(stream, peer, self.permits.settle(permit));
                }
                Err(error) => {
                    self.failed(&error, failures).await;
                    failures = failures.saturating_add(1);
                }
            }
        }
    }

    async fn failed(&self, error: &io::Error, failures: u32) {
        self.endpoint.counters.accept_failed.fetch_add(1, Relaxed);
        let Some(pause) = pause(error, failures) else { return };
        if failures == 0 {
            tracing::error!(%error, "connections cannot be accepted: raise the limit of open files, or lower \
                                     `server.max_connections`");
        }
        tokio::time::sleep(pause).await;
    }

    /// Accepts what is pending. The runtime may not have been told of it yet, so the system itself is asked.
    fn pending(&self, socket: TcpListener) -> io::Result<()> {
        let socket = socket.into_std()?;
        for _ in 0..BACKLOG {
            match socket.accept() {
                Ok((stream, peer)) => {
                    stream.set_nonblocking(true)?;
                    self.start(TcpStream::from_std(stream)?, peer, Permit::pending());
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if pause(&error, 0).is_none() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn start(&self, stream: TcpStream, peer: SocketAddr, permit: Permit) {
        let endpoint = Arc::clone(&self.endpoint);
        let reserved = permit.reserved;
        let tracked = endpoint.shutdown.connections().token();
        let ticket = Ticket::new(permit, Arc::clone(&endpoint.counters), tracked);
        let info = ConnectionInfo {
            peer,
            tls: endpoint.tls.is_some(),
            reserved,
            shutdown: endpoint.shutdown.clone(),
        };
        tokio::spawn(serve(stream, info, ticket, endpoint));
    }
}
