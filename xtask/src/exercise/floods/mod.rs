//! `cargo xtask exercise floods`: more of everything than a service wants, and what it takes of its memory.

mod http1;
mod http2;
mod idle;
mod sampler;

use std::time::Duration;

use anyhow::Result;

use self::sampler::Sampler;
use super::{
    Extent, Programs,
    figures::{Bound, Figures, count},
    load::Load,
    server::{Launch, Server},
};
use crate::process::section;

/// Requests of others, a second.
const RATE: u32 = 200;
/// Most memory that a flood may take.
const MEMORY: f64 = 96.0;

/// How much of each flood.
struct Amounts {
    connections: usize,
    idle: usize,
    /// Most memory that an idle connection may take, in KiB. What the allocator takes ahead counts most where they are few.
    idle_kib: f64,
    resets: usize,
    time: Duration,
    /// Most memory that a request may take whose content goes on and on, in MiB: its limit, and what its buffer grows by;
    /// twice as much where it may be freed late.
    content: f64,
}

pub(super) fn run(programs: &Programs, extent: Extent) -> Result<bool> {
    let full = Amounts {
        connections: 64,
        idle: 10_000,
        idle_kib: 40.0,
        resets: 100_000,
        time: Duration::from_secs(10),
        content: 3.0,
    };
    // No more open files than everybody may have (1,024).
    let reduced = Amounts {
        connections: 16,
        idle: 800,
        idle_kib: 64.0,
        resets: 10_000,
        time: Duration::from_secs(3),
        content: 6.0,
    };
    let amounts = extent.pick(full, reduced);
    let p99 = extent.pick(Bound::AtMost(1_000.0), Bound::Any);
    let folder = tempfile::tempdir()?;
    let program = programs.path("exercise-service");
    let start = || -> Result<Server> {
        Launch::new(&program, folder.path())
            .set("TESTUDO__SERVER__MAX_CONNECTIONS", 12_000)
            .set("TESTUDO__SERVER__KEEP_ALIVE_TIMEOUT", "5m")
            .start()?
            .ready()
    };
    let mut good = true;
    for flood in Flood::ALL {
        // Each its own process: what one leaves behind is not taken for the next one's.
        section(flood.words());
        let server = start()?;
        let before = server.memory()?;
        let sampler = Sampler::start(server.id());
        let load = Load::start(server.address, &["/"], RATE);
        let mut figures = Figures::default();
        flood.run(&server, &amounts, &mut figures)?;
        let report = load.stop()?;
        let most = sampler.stop()?;
        report.explain();
        figures.note("good requests", count(report.total()), "", Bound::Any);
        figures.note("good requests that failed", count(report.failures()), "", Bound::Exactly(0.0));
        figures.note("p99 of the good ones", report.percentile(99.0), "ms", p99);
        figures.note("memory before", before, "MiB", Bound::Any);
        figures.note("memory at most", most, "MiB", Bound::AtMost(before + flood.memory(&amounts)));
        figures.note("memory after", server.memory()?, "MiB", Bound::Any);
        good &= figures.print();
    }
    Ok(good)
}

/// What there is too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flood {
    Headers,
    Lengths,
    Chunks,
    Resets,
    Continuations,
    Bombs,
    Idle,
}

impl Flood {
    const ALL: [Self; 7] = [
        Self::Headers,
        Self::Lengths,
        Self::Chunks,
        Self::Resets,
        Self::Continuations,
        Self::Bombs,
        Self::Idle,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::Headers => "header sections without an end",
            Self::Lengths => "contents with a huge length",
            Self::Chunks => "contents in chunks without an end",
            Self::Resets => "HTTP/2 streams that are reset",
            Self::Continuations => "HTTP/2 header sections without an end",
            Self::Bombs => "HTTP/2 header sections that grow when unpacked",
            Self::Idle => "connections that idle",
        }
    }

    fn run(self, server: &Server, amounts: &Amounts, figures: &mut Figures) -> Result<()> {
        let (clients, time) = (amounts.connections, amounts.time);
        match self {
            Self::Headers => http1::headers(server, clients, time, figures),
            Self::Lengths => http1::contents(server, clients, time, false, figures),
            Self::Chunks => http1::contents(server, clients, time, true, figures),
            Self::Resets => http2::resets(server, amounts.resets, figures),
            Self::Continuations => http2::continuations(server, clients, time, figures),
            Self::Bombs => http2::bombs(server, clients, time, figures),
            Self::Idle => idle::run(server, amounts, figures),
        }
    }

    /// Most memory that it may take, in MiB.
    fn memory(self, amounts: &Amounts) -> f64 {
        match self {
            Self::Lengths | Self::Chunks => count(amounts.connections) * amounts.content,
            Self::Idle => count(amounts.idle) * amounts.idle_kib / 1_024.0 + 16.0,
            _ => MEMORY,
        }
    }
}
