//! `cargo xtask exercise slow-headers`: clients that send a byte a second, and what others notice of them.
//!
//! Each round has a turn without them and one with them, one right after the other, and what is compared is the p99 of
//! the two: whatever the machine does for longer than a round is in both. How to read the ratio:
//!
//! - It is the median of the rounds. The two figures below it are where that median is in 95 of 100 cases (a sign test:
//!   of 8 rounds, the lowest and the highest).
//! - An interval that is all below the bound: it holds. All above: it is missed, and something is wrong.
//! - An interval with the bound inside says nothing, whatever its median: a p99 is four requests of a turn, and anybody
//!   else who runs for some milliseconds is in it. The two medians in milliseconds say so, too: on a machine that does
//!   nothing else both are well below 1 ms, where the ratio is 1 by definition. Look who else is running, and do it
//!   again; more rounds only help against noise that comes and goes.
//! - The rest does not depend on the machine: no good request fails, all sockets are closed, in time, and each takes
//!   little memory. A reduced run, which has 2 rounds, is judged by these alone.

use std::{
    collections::VecDeque,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

use super::{
    Extent, Programs,
    figures::{Bound, Figures, count},
    load::{Load, Report},
    server::Launch,
};
use crate::{
    process::{progress, section},
    stats::{Interval, Spread},
};

/// Sockets that drip.
const DRIPPING: usize = 500;
/// Requests of others, a second.
const RATE: u32 = 400;
/// How long a header section may take.
const HEADER_READ_TIMEOUT: Duration = Duration::from_secs(3);
/// How late a socket may be closed, in seconds; where others have the processors, too, in the second place.
const LATE: (f64, f64) = (1.0, 6.0);
/// Most memory that each of them may take, in KiB.
const EACH_KIB: f64 = 96.0;
/// What each socket sends, a byte a second, again and again.
const DRIP: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nx-drip: ";

pub(super) fn run(programs: &Programs, extent: Extent) -> Result<bool> {
    let (rounds, seconds) = extent.pick((8, 8), (2, 4));
    section(&format!("{rounds} rounds with and without {DRIPPING} sockets that send a byte a second"));
    let folder = tempfile::tempdir()?;
    let program = programs.path("exercise-service");
    let server = Launch::new(&program, folder.path())
        .set("TESTUDO__SERVER__HEADER_READ_TIMEOUT", format!("{}s", HEADER_READ_TIMEOUT.as_secs()))
        .start()?
        .ready()?;
    let turn = || Load::start(server.address, &["/"], RATE).stop_after(Duration::from_secs(seconds));
    turn()?; // whoever comes first warms up

    let before = server.memory()?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let (mut closed, mut failed, mut memory) = (Vec::new(), 0, 0.0_f64);
    let mut add = |report: &Report, to: &mut Vec<f64>| {
        report.explain();
        failed += report.failures();
        to.push(report.percentile(99.0));
    };
    for round in 0..rounds {
        progress(&format!("round {round} of {rounds}"));
        add(&turn()?, &mut without);
        let drips = Drips::start(server.address)?;
        add(&turn()?, &mut with);
        memory = memory.max(server.memory()?);
        closed.extend(drips.stop()?);
    }
    progress("");
    // Below a millisecond, a ratio compares the machine's own noise.
    let ratio = Interval::of_pairs(&with, &without, |with, without| with.max(1.0) / without.max(1.0));
    let (without, with) = (Spread::of(&without), Spread::of(&with));
    let timeout = HEADER_READ_TIMEOUT.as_secs_f64();
    let spread = Spread::of(&closed);

    let mut figures = Figures::default();
    figures.note("good requests that failed", count(failed), "", Bound::Exactly(0.0));
    figures.note("p99 without, median of rounds", without.median, "ms", Bound::Any);
    figures.note("p99 with, median of rounds", with.median, "ms", Bound::Any);
    figures.note(
        "with, to without, paired by round",
        ratio.median,
        "",
        extent.pick(Bound::AtMost(2.0), Bound::Any),
    );
    figures.note("in 95 of 100 cases, at least", ratio.low, "", Bound::Any);
    figures.note("in 95 of 100 cases, at most", ratio.high, "", Bound::Any);
    figures.note("sockets closed", count(closed.len()), "", Bound::AtLeast(count(DRIPPING)));
    figures.note("earliest close", spread.min, "s", Bound::AtLeast(timeout - 0.1));
    figures.note("median close", spread.median, "s", Bound::Any);
    figures.note("latest close", spread.max, "s", extent.at_most(timeout + LATE.0, timeout + LATE.1));
    figures.note("memory before", before, "MiB", Bound::Any);
    figures.note(
        "memory with them",
        memory,
        "MiB",
        Bound::AtMost(before + count(DRIPPING) * EACH_KIB / 1_024.0),
    );
    Ok(figures.print())
}

/// Sockets that drip in a thread of their own; whoever is closed comes again.
struct Drips {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Result<Vec<f64>>>,
}

impl Drips {
    fn start(address: SocketAddr) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let open = |_| {
            // Not all in one moment: that would be another exercise.
            std::thread::sleep(Duration::from_millis(1));
            Drip::open(address)
        };
        let sockets = (0..DRIPPING).map(open).collect::<Result<Vec<_>>>()?;
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || drip(address, sockets, &stopped));
        Ok(Self { stop, thread })
    }

    /// After how many seconds each socket was closed. Waits until all of those that are open have been.
    fn stop(self) -> Result<Vec<f64>> {
        self.stop.store(true, Relaxed);
        self.thread.join().map_err(|_| anyhow!("who drips panicked"))?
    }
}

struct Drip {
    stream: TcpStream,
    opened: Instant,
    sent: usize,
}

impl Drip {
    fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).context("a socket that drips")?;
        stream.set_nonblocking(true)?;
        Ok(Self { stream, opened: Instant::now(), sent: 0 })
    }

    /// Sends a byte if it is time, and says whether it was closed.
    fn go_on(&mut self) -> bool {
        if self.opened.elapsed() >= Duration::from_secs(1) * u32::try_from(self.sent).unwrap_or(u32::MAX) {
            let byte = DRIP.get(self.sent).copied().unwrap_or(b'x');
            self.sent += 1;
            if self.stream.write_all(&[byte]).is_err() {
                return true;
            }
        }
        let mut waste = [0; 1_024];
        match self.stream.read(&mut waste) {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        }
    }
}

/// Looks after the sockets in turn, a few at a time: what comes in bursts would be another exercise.
fn drip(address: SocketAddr, sockets: Vec<Drip>, stop: &AtomicBool) -> Result<Vec<f64>> {
    const AT_A_TIME: usize = 5;
    let mut sockets = VecDeque::from(sockets);
    let mut closed = Vec::new();
    let mut until = None;
    while !sockets.is_empty() {
        let stopping = stop.load(Relaxed);
        for _ in 0..AT_A_TIME.min(sockets.len()) {
            let Some(mut socket) = sockets.pop_front() else { break };
            if !socket.go_on() {
                sockets.push_back(socket);
                continue;
            }
            closed.push(socket.opened.elapsed().as_secs_f64());
            if !stopping {
                sockets.push_back(Drip::open(address)?);
            }
        }
        let last = until.get_or_insert_with(|| Instant::now() + HEADER_READ_TIMEOUT * 3);
        if !stopping {
            until = None;
        } else if *last < Instant::now() {
            bail!("{} sockets were not closed", sockets.len());
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(closed)
}
