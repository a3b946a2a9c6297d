//! `cargo xtask exercise restarts`: one process takes over from another, behind a proxy that does not retry.
//!
//! Connections that a proxy keeps leave a draining service by themselves, one answer after the other. So every other
//! process is told to stop without a drain, when they are all in use, and during each restart bursts of new connections
//! come past the proxy: some wait at the listener whenever it closes.

use std::{
    net::{SocketAddr, TcpListener},
    os::fd::OwnedFd,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use super::{
    Extent, Programs,
    client::Connection,
    figures::{Bound, Figures, count},
    load::Load,
    proxy::{Kind, Proxy},
    rush::{Rush, Rushed},
    server::{Launch, Server, free_port},
};
use crate::{
    needs,
    process::{progress, section},
};

/// Requests per second, whatever the service does.
const RATE: u32 = 600;
/// The long one is in flight whenever a service stops.
const PATHS: &[&str] = &["/", "/", "/", "/slow"];
/// How long old processes accept after they were told to stop, in milliseconds: one does, the next does not.
const DRAIN_DELAYS: [u64; 2] = [300, 0];
/// How long what is in flight may take.
const BUDGET: Duration = Duration::from_secs(5);
/// In milliseconds, where others have the processors, too.
const CEILING: f64 = 30_000.0;
/// Between two restarts.
const PAUSE: Duration = Duration::from_millis(100);

/// Restarts behind a proxy.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// How often the service is replaced.
    #[arg(long)]
    restarts: Option<usize>,
    /// The proxy in front; without it, one after the other.
    #[arg(long)]
    proxy: Option<Kind>,
    /// How the port goes from the old process to the new; without it, one way after the other.
    #[arg(long)]
    port: Option<Port>,
    /// How long old processes accept after they were told to stop, in milliseconds; without it, 300 and 0 in turn.
    #[arg(long)]
    drain_delay: Option<u64>,
}

/// How a port goes from one process to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Port {
    /// Both listen on it (`server.reuse_port`).
    Shared,
    /// Its socket is handed over (`LISTEN_FDS`).
    HandedOver,
}

impl Port {
    const ALL: [Self; 2] = [Self::Shared, Self::HandedOver];

    fn words(self) -> &'static str {
        match self {
            Self::Shared => "the port is shared",
            Self::HandedOver => "the socket is handed over",
        }
    }
}

pub(super) fn run(programs: &Programs, options: &Options, extent: Extent) -> Result<bool> {
    let restarts = options.restarts.unwrap_or(extent.pick(100, 6));
    let mut good = true;
    for kind in Kind::ALL.into_iter().filter(|kind| options.proxy.is_none_or(|asked| asked == *kind)) {
        needs::provide(&[kind.need()])?;
        for port in Port::ALL.into_iter().filter(|port| options.port.is_none_or(|asked| asked == *port)) {
            section(&format!("{restarts} restarts behind {}, {}", kind.name(), port.words()));
            let folder = tempfile::tempdir()?;
            let drain_delays = options.drain_delay.map_or(DRAIN_DELAYS.into(), |one| vec![one]);
            let scene = Scene::new(programs, folder.path(), port, drain_delays)?;
            good &= scene.play(kind, restarts, extent)?.print();
        }
    }
    Ok(good)
}

/// A service that can be replaced.
struct Scene<'a> {
    program: std::path::PathBuf,
    folder: &'a Path,
    address: SocketAddr,
    /// What is handed over.
    socket: Option<TcpListener>,
    drain_delays: Vec<u64>,
}

impl<'a> Scene<'a> {
    fn new(programs: &Programs, folder: &'a Path, port: Port, drain_delays: Vec<u64>) -> Result<Self> {
        let program = programs.path("exercise-service");
        let (address, socket) = match port {
            Port::Shared => (SocketAddr::from(([127, 0, 0, 1], free_port()?)), None),
            Port::HandedOver => {
                let socket = TcpListener::bind(("127.0.0.1", 0))?;
                (socket.local_addr()?, Some(socket))
            }
        };
        Ok(Self { program, folder, address, socket, drain_delays })
    }

    /// The process after so many others.
    fn next(&self, others: usize) -> Result<Server> {
        let drain_delay = self.drain_delays[others % self.drain_delays.len()];
        let mut launch = Launch::new(&self.program, self.folder)
            .set("TESTUDO__SERVER__PORT", self.address.port())
            .set("TESTUDO__SERVER__REUSE_PORT", self.socket.is_none())
            .set("TESTUDO__SHUTDOWN__DRAIN_DELAY", format!("{drain_delay}ms"))
            .set("TESTUDO__SHUTDOWN__BUDGET", format!("{}s", BUDGET.as_secs()));
        if let Some(socket) = &self.socket {
            launch.socket = Some(OwnedFd::from(socket.try_clone()?));
        }
        launch.start()?.ready()
    }

    fn play(&self, kind: Kind, restarts: usize, extent: Extent) -> Result<Figures> {
        let mut serving = self.next(0)?;
        let proxy = Proxy::start(kind, self.address, self.folder)?;
        let load = Load::start(proxy.address, PATHS, RATE);
        let start = Instant::now();
        let (mut goodbyes, mut ends, mut unclean) = (Vec::new(), Vec::new(), 0);
        let mut rushed = Rushed::default();
        for restart in 0..restarts {
            progress(&format!("restart {restart} of {restarts}"));
            let socket = WebSocket::open(proxy.address).context("a WebSocket before the restart")?;
            let fresh = self.next(restart + 1)?;
            let rush = Rush::start(self.address);
            let stopped = Instant::now();
            serving.signal("TERM")?;
            goodbyes.push(socket.goodbye(stopped));
            let status = serving.ended()?;
            ends.push(stopped.elapsed().as_secs_f64() * 1_000.0);
            if !status.success() {
                unclean += 1;
                println!("ended with {status}:\n{}", serving.log());
            }
            serving = fresh;
            rushed.add(rush.stop()?);
            std::thread::sleep(PAUSE);
        }
        progress("");
        let seconds = start.elapsed().as_secs_f64();
        let report = load.stop()?;
        report.explain();
        rushed.explain();
        let said: Vec<f64> = goodbyes.iter().filter_map(|goodbye| goodbye.as_ref().ok().copied()).collect();
        for error in goodbyes.iter().filter_map(|goodbye| goodbye.as_ref().err()) {
            println!("no goodbye: {error:#}");
        }
        let most = BUDGET.as_secs_f64() * 1_000.0
            + count(usize::try_from(self.drain_delays.iter().copied().max().unwrap_or_default())?);
        let slowest = |values: &[f64]| values.iter().copied().fold(f64::NAN, f64::max);

        let rate = Bound::AtLeast(extent.pick(500.0, 100.0));

        let mut figures = Figures::default();
        figures.note("restarts", count(restarts), "", Bound::Any);
        figures.note("requests", count(report.total()), "", Bound::Any);
        figures.note("requests a second", count(report.total()) / seconds, "", rate);
        figures.note("requests that failed", count(report.failures()), "", Bound::Exactly(0.0));
        figures.note(
            "connections past the proxy",
            count(rushed.total()),
            "",
            Bound::AtLeast(count(restarts)),
        );
        figures.note("of these, that failed", count(rushed.failures()), "", Bound::Exactly(0.0));
        figures.note("p50", report.percentile(50.0), "ms", Bound::Any);
        figures.note("p99", report.percentile(99.0), "ms", Bound::Any);
        figures.note("slowest", report.percentile(100.0), "ms", Bound::Any);
        figures.note("processes that ended unclean", count(unclean), "", Bound::Exactly(0.0));
        figures.note(
            "slowest end of a process",
            slowest(&ends),
            "ms",
            extent.at_most(most + 1_000.0, CEILING),
        );
        figures.note(
            "WebSockets that got a close frame",
            count(said.len()),
            "",
            Bound::Exactly(count(restarts)),
        );
        figures.note("latest close frame", slowest(&said), "ms", extent.at_most(most, CEILING));
        Ok(figures)
    }
}

/// A WebSocket (RFC 6455) that says nothing and waits.
struct WebSocket(Connection);

impl WebSocket {
    fn open(address: SocketAddr) -> Result<Self> {
        let mut connection = Connection::open(address)?;
        connection.send(
            b"GET /socket HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
              sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        )?;
        let answer = connection.answer()?;
        ensure!(answer.status == 101, "no upgrade: {}", answer.status);
        Ok(Self(connection))
    }

    /// Waits for the close frame and answers it (section 5.5.1). Says how long after `since` it came, in milliseconds.
    fn goodbye(mut self, since: Instant) -> Result<f64> {
        const CLOSE: u8 = 0x88;
        let head = self.0.exactly(2)?;
        if head[0] != CLOSE {
            bail!("a frame {:#04x} instead of a close frame", head[0]);
        }
        let came = since.elapsed().as_secs_f64() * 1_000.0;
        let payload = self.0.exactly(usize::from(head[1]))?;
        ensure!(payload.starts_with(&1001_u16.to_be_bytes()), "closed with another code");
        // Masked, as every frame of a client; with zeros, the mask changes nothing.
        let mut frame = vec![CLOSE, 0x80 | 2, 0, 0, 0, 0];
        frame.extend_from_slice(&payload[..2]);
        self.0.send(&frame)?;
        Ok(came)
    }
}
