//! A client that says exactly what it is told to.

use tokio::net::TcpStream;

use super::*;

pub(super) struct Client {
    pub(super) stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(super) async fn connect(address: SocketAddr) -> Self {
        Self { stream: within(TcpStream::connect(address)).await.unwrap(), read: Vec::new() }
    }

    pub(super) fn from_std(stream: std::net::TcpStream) -> Self {
        stream.set_nonblocking(true).unwrap();
        Self { stream: TcpStream::from_std(stream).unwrap(), read: Vec::new() }
    }

    pub(super) async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Asks for `path`, without waiting for the answer.
    pub(super) async fn ask(&mut self, path: &str) {
        self.send(&request(path)).await;
    }

    /// The next response, which has to have its length.
    pub(super) async fn response(&mut self) -> String {
        loop {
            let text = String::from_utf8_lossy(&self.read).into_owned();
            if let Some((head, rest)) = text.split_once("\r\n\r\n") {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length = length.map_or(0, |length| length.parse::<usize>().unwrap());
                if rest.len() >= length {
                    self.read.drain(..head.len() + 4 + length);
                    return text[..head.len() + 4 + length].to_owned();
                }
            }
            let read = within(self.stream.read_buf(&mut self.read)).await.unwrap();
            assert_ne!(read, 0, "closed after {text:?}");
        }
    }

    pub(super) async fn get(&mut self, path: &str) -> String {
        self.ask(path).await;
        self.response().await
    }

    /// What comes until the connection is closed, however it is.
    pub(super) async fn rest(&mut self) -> String {
        let mut rest = std::mem::take(&mut self.read);
        while let Ok(read) = within(self.stream.read_buf(&mut rest)).await
            && read > 0
        {}
        String::from_utf8_lossy(&rest).into_owned()
    }
}

pub(super) fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n")
}

pub(super) fn closes(response: &str) -> bool {
    response.contains("connection: close\r\n")
}
