//! HTTP/1.1 on one connection, without a second try.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// No answer takes that long: whoever waits longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// A connection that keeps what it has read beyond an answer.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content: Vec<u8>,
    /// Whether the connection takes another request.
    pub(crate) keeps: bool,
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// Asks for a path, and waits for the whole answer.
    pub(crate) fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").as_bytes())?;
        self.answer()
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Reads one answer.
    pub(crate) fn answer(&mut self) -> io::Result<Answer> {
        let end = loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end + 4;
            }
            self.more()?;
        };
        let head: Vec<u8> = self.read.drain(..end).collect();
        let head = Head::parse(&head).ok_or_else(|| wrong("no answer of HTTP/1.1"))?;
        let content = if head.status < 200 || head.status == 204 {
            Vec::new()
        } else if head.chunked {
            self.chunks()?
        } else if let Some(length) = head.length {
            self.exactly(length)?
        } else {
            return Err(wrong("an answer without a length"));
        };
        Ok(Answer { status: head.status, content, keeps: head.keeps })
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = find(&self.read, b"\r\n") {
                    break end;
                }
                self.more()?;
            };
            let line = self.exactly(end + 2)?;
            let size =
                std::str::from_utf8(&line[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
            let size = size.ok_or_else(|| wrong("a chunk without a size"))?;
            content.extend_from_slice(&self.exactly(size + 2)?[..size]);
            if size == 0 {
                return Ok(content);
            }
        }
    }

    /// Reads exactly so many bytes.
    pub(crate) fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.read.len() < length {
            self.more()?;
        }
        Ok(self.read.drain(..length).collect())
    }

    fn more(&mut self) -> io::Result<()> {
        let mut buffer = [0; 16_384];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(read) => {
                    self.read.extend_from_slice(&buffer[..read]);
                    return Ok(());
                }
                // The system wanted something of this process; nothing was read.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// One request on a connection of its own.
pub(crate) fn get(address: SocketAddr, path: &str) -> io::Result<Answer> {
    Connection::open(address)?.get(path)
}

struct Head {
    status: u16,
    length: Option<usize>,
    chunked: bool,
    keeps: bool,
}

impl Head {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (first, fields) = text.split_once("\r\n")?;
        let status = first.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
        let field = |name: &str| {
            let mut fields = fields.lines().filter_map(|line| line.split_once(':'));
            fields.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        };
        Some(Self {
            status,
            length: field("content-length").and_then(|value| value.parse().ok()),
            chunked: field("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")),
            keeps: !field("connection").is_some_and(|value| value.eq_ignore_ascii_case("close")),
        })
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn wrong(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn answers_are_read_one_after_the_other() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let answers = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 503 No\r\nConnection: close\r\n\
                           Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
            stream.write_all(answers.as_bytes()).unwrap();
        });
        let mut connection = Connection::open(address).unwrap();
        let first = connection.answer().unwrap();
        assert_eq!(first, Answer { status: 200, content: b"ok".into(), keeps: true });
        let second = connection.answer().unwrap();
        assert_eq!(second, Answer { status: 503, content: b"abcd".into(), keeps: false });
        server.join().unwrap();
        assert_eq!(connection.answer().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}
