//! A client that asks the same over and over on a few connections, each waiting for its answer.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

/// An answer is far smaller.
const ANSWER_MAX_BYTES: usize = 4096;

/// Connections that stay open between rounds.
#[derive(Debug)]
pub struct Client {
    connections: Vec<TcpStream>,
}

impl Client {
    /// Opens `connections` connections.
    ///
    /// # Errors
    /// If nobody listens there.
    pub async fn connect(server: SocketAddr, connections: usize) -> Result<Self> {
        let mut open = Vec::with_capacity(connections);
        for _ in 0..connections {
            let stream = TcpStream::connect(server).await.context("cannot connect to the service")?;
            stream.set_nodelay(true)?;
            open.push(stream);
        }
        Ok(Self { connections: open })
    }

    /// Sends `request` for as long as `time` lasts and returns the answers per second.
    ///
    /// # Errors
    /// If an answer is not a complete `200`.
    pub async fn requests_per_second(&mut self, request: &'static [u8], time: Duration) -> Result<f64> {
        let start = Instant::now();
        // Ends with this function, whatever its end.
        let mut awake = JoinSet::new();
        awake.spawn_local(stay_awake());
        let mut running = JoinSet::new();
        for stream in self.connections.drain(..) {
            running.spawn_local(ask(stream, request, start + time));
        }
        let mut answers = 0_u32;
        while let Some(done) = running.join_next().await {
            let (stream, count) = done.context("a connection panicked")??;
            answers += count;
            self.connections.push(stream);
        }
        Ok(f64::from(answers) / start.elapsed().as_secs_f64())
    }

    /// Sends `request` so many times on every connection, one connection after the other.
    ///
    /// # Errors
    /// If an answer is not a complete `200`.
    pub async fn ask_times(&mut self, request: &[u8], times: u32) -> Result<()> {
        let mut buffer = [0; ANSWER_MAX_BYTES];
        for stream in &mut self.connections {
            for _ in 0..times {
                stream.write_all(request).await?;
                read_answer(stream, &mut buffer).await?;
            }
        }
        Ok(())
    }
}

/// Keeps the thread from going to sleep while it waits for answers. The kernel charges the interrupt that wakes it to
/// whoever sends the answer, and only to a server that is slower than the client: the measure would punish itself.
async fn stay_awake() {
    loop {
        tokio::task::yield_now().await;
    }
}

async fn ask(mut stream: TcpStream, request: &[u8], until: Instant) -> Result<(TcpStream, u32)> {
    let mut buffer = [0; ANSWER_MAX_BYTES];
    let mut count = 0;
    while Instant::now() < until {
        stream.write_all(request).await?;
        read_answer(&mut stream, &mut buffer).await?;
        count += 1;
    }
    Ok((stream, count))
}

async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<()> {
    let mut length = 0;
    loop {
        let read = stream.read(&mut buffer[length..]).await?;
        ensure!(read > 0, "the service closed a connection");
        length += read;
        if let Some(expected) = expected_bytes(&buffer[..length])? {
            ensure!(length <= expected, "the service answered twice");
            if length == expected {
                return Ok(());
            }
        }
        ensure!(length < buffer.len(), "an answer of more than {ANSWER_MAX_BYTES} bytes");
    }
}

/// How long the answer is that begins like this, once its head is complete.
fn expected_bytes(answer: &[u8]) -> Result<Option<usize>> {
    const FIELD: &[u8] = b"\r\ncontent-length: ";
    let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        bail!("the service answered {}", String::from_utf8_lossy(&answer[..head]));
    }
    let field = answer[..head].windows(FIELD.len()).position(|window| window == FIELD);
    let digits = answer[field.context("an answer without content-length")? + FIELD.len()..].iter();
    let content = digits
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'));
    Ok(Some(head + 4 + content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_as_long_as_its_head_and_content() {
        let cases: [(&str, &str, Option<usize>); 3] = [
            ("head not complete", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n", None),
            ("content missing", "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n", Some(51)),
            ("complete", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", Some(40)),
        ];
        for (name, answer, expected) in cases {
            assert_eq!(expected_bytes(answer.as_bytes()).unwrap(), expected, "{name}");
        }
        assert!(expected_bytes(b"HTTP/1.1 401 Unauthorized\r\n\r\n").is_err());
    }
}
