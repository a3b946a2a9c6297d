//! One listener: accept, serve, and stop without losing what is in flight.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    time::Duration,
};

use axum::{body::Body, extract::ConnectInfo, serve::Listener};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use crate::{
    boundary::answer,
    error::{Exit, StartError},
    settings::{HOST, PORT},
    signals::StopSignals,
    talk,
};

/// How long requests in flight get once the service was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Binds, and says what to do if that cannot be.
pub(crate) async fn bind(host: IpAddr, port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((host, port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => StartError::surroundings(format!(
            "port {port} on {host} is in use: stop what listens there, or choose another port with {} (0 for a \
             free one)",
            PORT.name
        )),
        io::ErrorKind::PermissionDenied => StartError::surroundings(format!(
            "port {port} on {host} is not allowed to this user: choose one above 1023 with {}",
            PORT.name
        )),
        _ => StartError::surroundings(format!(
            "{host} port {port} cannot be listened on: choose an address of this machine with {}",
            HOST.name
        ))
        .caused_by(error),
    })
}

/// Serves until a signal, then finishes what is in flight.
pub(crate) async fn serve_until_stopped(
    mut listener: TcpListener,
    router: axum::Router,
    signals: &mut StopSignals,
) -> Exit {
    let (stop, stopping) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            (stream, peer) = Listener::accept(&mut listener) => {
                connections.spawn(connection(stream, peer, router.clone(), stopping.clone()));
            }
            // A task that has ended is only kept for its result, which nobody reads.
            Some(_) = connections.join_next() => {}
            () = signals.next() => break,
        }
    }
    drop(listener);
    stop.send_replace(());
    drain(connections, signals).await
}

/// Gives connections their time, unless a second signal takes it away.
async fn drain(mut connections: JoinSet<()>, signals: &mut StopSignals) -> Exit {
    while connections.try_join_next().is_some() {}
    talk::draining(connections.len(), DRAIN.as_secs());
    let finished = async { while connections.join_next().await.is_some() {} };
    tokio::select! {
        () = finished => return Exit::Done,
        () = tokio::time::sleep(DRAIN) => {}
        () = signals.next() => {}
    }
    tracing::warn!(connections = connections.len(), "requests were cut off");
    Exit::CutOff
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: axum::Router,
    mut stopping: watch::Receiver<()>,
) {
    // Without it a small response waits for the client's acknowledgement; a socket that refuses still serves.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            Ok::<_, std::convert::Infallible>(answer(router, request).await)
        }
    });
    // The timer is what ends a client that never finishes its header (hyper's 30 s).
    let http = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let mut http = pin!(http.with_upgrades());
    let ended = tokio::select! {
        ended = http.as_mut() => ended,
        _ = stopping.changed() => {
            http.as_mut().graceful_shutdown();
            http.await
        }
    };
    if let Err(error) = ended {
        // The client went away or spoke something else; nobody here can act on that.
        tracing::debug!(%error, %peer, "connection ended early");
    }
}
