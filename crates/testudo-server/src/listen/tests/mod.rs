//! Connections over real sockets, with short times.

mod capacity;
mod client;
mod drain;
mod http2;
mod limits;
mod restart;
mod secure;
mod upgrade;

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::{body::Body, response::IntoResponse};
use bytes::Bytes;
use futures_util::stream;
use hyper::StatusCode;
use hyper_util::rt::TokioIo;
use testudo_settings::ServerSettings;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    sync::{Notify, mpsc},
    task::JoinHandle,
};

use super::{lifecycle::Ended, *};

/// What the tests' requests are answered with, by their path.
#[derive(Clone)]
struct Paths {
    shutdown: Shutdown,
    /// Says that a request of `/wait` or an upgrade has arrived.
    arrived: mpsc::UnboundedSender<()>,
    /// Lets one request of `/wait` go on.
    go: Arc<Notify>,
}

impl Answer for Paths {
    type Content = Body;

    async fn answer(
        self,
        request: Request<Incoming>,
        connection: Arc<ConnectionInfo>,
        fits: bool,
    ) -> Response<Body> {
        if !fits {
            return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
        }
        if connection.reserved && !is_probe(request.uri().path()) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        match request.uri().path() {
            "/wait" => {
                self.arrived.send(()).unwrap();
                self.go.notified().await;
                "waited".into_response()
            }
            "/endless" => {
                let chunk = Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 8_192]));
                Body::from_stream(stream::repeat(chunk)).into_response()
            }
            "/talk" => self.talk(request, true),
            "/mute" => self.talk(request, false),
            path => path.to_owned().into_response(),
        }
    }
}

impl Paths {
    /// Switches protocols, like a WebSocket; one that is `polite` says goodbye when the service closes.
    fn talk(&self, request: Request<Incoming>, polite: bool) -> Response<Body> {
        let Self { shutdown, arrived, .. } = self.clone();
        tokio::spawn(async move {
            let mut stream = TokioIo::new(hyper::upgrade::on(request).await.unwrap());
            arrived.send(()).unwrap();
            if polite {
                shutdown.closing().await;
                stream.write_all(b"goodbye").await.unwrap();
                stream.shutdown().await.unwrap();
            } else {
                let _ = stream.read(&mut [0]).await;
            }
        });
        let upgrade = [("connection", "upgrade"), ("upgrade", "test")];
        (StatusCode::SWITCHING_PROTOCOLS, upgrade).into_response()
    }
}

/// A service on a free port.
struct Served {
    address: SocketAddr,
    counters: Arc<ConnectionCounters>,
    shutdown: Shutdown,
    arrived: mpsc::UnboundedReceiver<()>,
    go: Arc<Notify>,
    events: mpsc::Sender<Event>,
    ended: JoinHandle<Ended>,
}

impl Served {
    fn start(limits: Limits, times: StopTimes) -> Self {
        Self::on(bind(IpAddr::V4(Ipv4Addr::LOCALHOST), 0, false, "server").unwrap(), limits, times, None)
    }

    fn on(listener: Listener, limits: Limits, times: StopTimes, tls: Option<Tls>) -> Self {
        let address = listener.local_addr().unwrap();
        let lifecycle = Lifecycle::new(times);
        let (shutdown, counters) = (lifecycle.shutdown(), Arc::default());
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let (events, mut told) = mpsc::channel(4);
        let go = Arc::new(Notify::new());
        let answer = Paths { shutdown: shutdown.clone(), arrived, go: Arc::clone(&go) };
        let endpoint =
            Endpoint { answer, limits, tls, counters: Arc::clone(&counters), shutdown: shutdown.clone() };
        tokio::spawn(accept(listener, endpoint));
        let ended = tokio::spawn(async move { lifecycle.run(&mut told, || {}).await });
        Self { address, counters, shutdown, arrived: arrivals, go, events, ended }
    }

    async fn stop(&self) {
        self.events.send(Event::Stop).await.unwrap();
    }

    async fn reached(&self, stage: Stage) {
        self.shutdown.stages().wait_for(|now| *now >= stage).await.unwrap();
    }

    async fn ended(self) -> Ended {
        within(self.ended).await.unwrap()
    }
}

/// Limits that no test reaches by accident.
fn limits() -> Limits {
    Limits::from(&ServerSettings::default())
}

fn times(drain_delay: u64, budget: u64) -> StopTimes {
    StopTimes { drain_delay: millis(drain_delay), budget: millis(budget) }
}

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// What a test waits for has to come; how long a busy machine takes says nothing.
async fn within<F: Future>(event: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), event).await.expect("it did not come")
}

/// Waits for a count, for which there is no event.
async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let poll = async {
        while !holds() {
            tokio::time::sleep(millis(2)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), poll).await.is_ok(), "{what}");
}
