//! More of one request than a service reads.

use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use crate::exercise::{
    figures::{Bound, Figures, count},
    server::Server,
};

/// How long a write or a read may take: then the service has stopped reading, and that is an answer, too.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is sent at a time.
const PIECE: usize = 16 * 1_024;

/// Header sections without an end, one after the other.
pub(super) fn headers(server: &Server, clients: usize, time: Duration, figures: &mut Figures) -> Result<()> {
    let field = format!("x-flood: {}\r\n", "x".repeat(1_000));
    let piece = field.repeat(PIECE / field.len());
    flood(
        server.address,
        clients,
        time,
        b"GET / HTTP/1.1\r\nhost: localhost\r\n",
        piece.as_bytes(),
        431,
        figures,
    )
}

/// Contents of ten gigabytes, or without an end.
pub(super) fn contents(
    server: &Server,
    clients: usize,
    time: Duration,
    chunked: bool,
    figures: &mut Figures,
) -> Result<()> {
    let framing = if chunked { "transfer-encoding: chunked" } else { "content-length: 10000000000" };
    let head = format!("POST /echo HTTP/1.1\r\nhost: localhost\r\n{framing}\r\n\r\n");
    let piece = "x".repeat(PIECE);
    let piece = if chunked { format!("{PIECE:x}\r\n{piece}\r\n") } else { piece };
    flood(server.address, clients, time, head.as_bytes(), piece.as_bytes(), 413, figures)
}

/// What became of one connection.
struct Outcome {
    sent: usize,
    answer: Option<u16>,
}

fn flood(
    address: SocketAddr,
    clients: usize,
    time: Duration,
    head: &[u8],
    piece: &[u8],
    expected: u16,
    figures: &mut Figures,
) -> Result<()> {
    let until = Instant::now() + time;
    let outcomes = thread::scope(|scope| {
        let client = || {
            let mut outcomes = Vec::new();
            while Instant::now() < until {
                outcomes.push(one(address, head, piece)?);
            }
            Ok(outcomes)
        };
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        let ended =
            clients.into_iter().map(|client| client.join().map_err(|_| anyhow!("a client panicked"))?);
        ended.collect::<Result<Vec<Vec<Outcome>>>>()
    })?;
    let outcomes: Vec<Outcome> = outcomes.into_iter().flatten().collect();
    let mut answers: BTreeMap<String, usize> = BTreeMap::new();
    for outcome in &outcomes {
        let answer =
            outcome.answer.map_or("closed without an answer".to_owned(), |status| status.to_string());
        *answers.entry(answer).or_default() += 1;
    }
    let most = outcomes.iter().map(|outcome| outcome.sent).max().unwrap_or_default();
    let refused = answers.remove(&expected.to_string()).unwrap_or_default();
    figures.note("requests without an end", count(outcomes.len()), "", Bound::AtLeast(count(clients)));
    figures.note(format!("answered with {expected}"), count(refused), "", Bound::AtLeast(1.0));
    for (answer, times) in answers {
        // A reset may overtake the answer when a client goes on sending.
        let bound = if answer.starts_with("closed") { Bound::Any } else { Bound::Exactly(0.0) };
        figures.note(answer, count(times), "", bound);
    }
    figures.note("most that was taken of one", count(most) / 1_048_576.0, "MiB", Bound::AtMost(32.0));
    Ok(())
}

/// Sends until nobody takes it any more.
fn one(address: SocketAddr, head: &[u8], piece: &[u8]) -> Result<Outcome> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(head)?;
    let mut sent = 0;
    let mut answer = [0; 12];
    // Never more than the service could take by mistake.
    while sent < 64 << 20 {
        match stream.write(piece) {
            Ok(written) => sent += written,
            Err(_) => break,
        }
        if has_answer(&stream) {
            break;
        }
    }
    let answer = stream.read_exact(&mut answer).ok().and_then(|()| status(&answer));
    Ok(Outcome { sent, answer })
}

fn has_answer(stream: &TcpStream) -> bool {
    let asked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
    let blocking = stream.set_nonblocking(false);
    !matches!(asked, Err(error) if error.kind() == io::ErrorKind::WouldBlock) || blocking.is_err()
}

fn status(answer: &[u8]) -> Option<u16> {
    std::str::from_utf8(answer).ok()?.strip_prefix("HTTP/1.1 ")?.parse().ok()
}
