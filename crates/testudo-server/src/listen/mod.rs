//! Listeners and connections: everything below one request.
//!
//! ```text
//! bind, activation   a socket: bound here, or handed over by a supervisor
//!   -> accept        a permit for every connection, and a reserve for probes
//!      -> tls        handshake, within its time
//!         -> sniff   HTTP/1.1 or HTTP/2
//!            -> connection   phases and their deadlines, age, shutdown
//!               -> respond   requests in flight, `Connection: close`
//!                  -> Answer the pipeline
//! ```
//!
//! `lifecycle` owns the order of a stop; all of the above only look at its stage.

mod accept;
mod accept_error;
mod activation;
mod activity;
mod bind;
mod body;
mod connection;
mod counters;
mod drive;
mod files;
mod hand_over;
mod io;
mod lifecycle;
mod limits;
mod permits;
mod respond;
mod shutdown;
mod signals;
mod sniff;
mod stall;
mod tls;
mod watch;
mod workers;

use std::{future::Future, net::SocketAddr, sync::Arc};

use http::{Request, Response};
use http_body::Body;
use hyper::body::{Bytes, Incoming};

pub use shutdown::{Shutdown, Stage};

pub(crate) use self::{
    accept::{Endpoint, accept},
    activation::Activated,
    bind::{Listener, bind},
    body::{BodyTimeout, PacedBody},
    counters::{ConnectionCounters, TimedOut},
    files::raise_files,
    lifecycle::{Lifecycle, StopTimes},
    limits::Limits,
    signals::{Event, install, stop},
    tls::Tls,
    workers::workers,
};

/// Who is at the other end of a connection, and how it came in.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionInfo {
    /// The address that connected: a client, or a proxy in front of it.
    pub(crate) peer: SocketAddr,
    /// Whether the connection is TLS.
    pub(crate) tls: bool,
    /// Whether the connection is beyond the limit, in the reserve for probes. Anything else on it is to be refused
    /// with `503`.
    pub(crate) reserved: bool,
    /// The stop of its service.
    pub(crate) shutdown: Shutdown,
}

/// What answers requests: the pipeline.
pub(crate) trait Answer: Clone + Send + Sync + 'static {
    /// The content of its responses.
    type Content: Body<Data = Bytes, Error = axum::Error> + Send + Unpin + 'static;

    /// Answers one request. It never fails: whatever goes wrong is a response. A request that does not `fit`, because it
    /// has more header fields than it may, is refused: `431`.
    fn answer(
        self,
        request: Request<Incoming>,
        connection: Arc<ConnectionInfo>,
        fits: bool,
    ) -> impl Future<Output = Response<Self::Content>> + Send + 'static;
}

/// Paths that a connection in the reserve may ask for.
const PROBES: [&str; 3] = ["/health", "/readiness", "/startup"];

/// Whether `path` is a probe: answered even when there is no room for anything else.
pub(crate) fn is_probe(path: &str) -> bool {
    PROBES.contains(&path)
}

#[cfg(test)]
mod tests;
