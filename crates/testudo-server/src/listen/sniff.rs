//! HTTP/1.1 or HTTP/2: told by the first bytes.

use tokio::io::ReadBuf;

/// What every HTTP/2 connection begins with (RFC 9113, section 3.4). No method of HTTP/1 is called so.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The first bytes of a connection, kept until somebody reads them.
#[derive(Debug, Default)]
pub(super) struct Start {
    bytes: [u8; PREFACE.len()],
    read: usize,
    given: usize,
}

impl Start {
    /// Where the next bytes go.
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.read..]
    }

    /// So many bytes have been put there.
    pub(super) fn read(&mut self, count: usize) {
        self.read += count;
    }

    /// Whether they begin HTTP/2; nothing while it cannot be told.
    pub(super) fn is_http2(&self) -> Option<bool> {
        let read = &self.bytes[..self.read];
        if PREFACE.starts_with(read) { (self.read == PREFACE.len()).then_some(true) } else { Some(false) }
    }

    /// Gives away what fits. Says whether there was anything to give.
    pub(super) fn give(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        if self.given == self.read {
            return false;
        }
        let left = &self.bytes[self.given..self.read];
        let count = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..count]);
        self.given += count;
        count > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(bytes: &[u8]) -> Start {
        let mut start = Start::default();
        let count = bytes.len().min(PREFACE.len());
        start.room()[..count].copy_from_slice(&bytes[..count]);
        start.read(count);
        start
    }

    #[test]
    fn the_preface_is_told_from_everything_else_as_early_as_can_be() {
        for (bytes, expected) in [
            (&b""[..], None),
            (b"P", None),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r", None),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Some(true)),
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r!", Some(false)),
            (b"PUT", Some(false)),
            (b"GET / HTTP/1.1\r\n", Some(false)),
        ] {
            assert_eq!(start(bytes).is_http2(), expected, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn what_was_read_is_given_once_in_whatever_pieces() {
        let mut start = start(b"GET /");
        let mut given = Vec::new();
        loop {
            let mut room = [0; 3];
            let mut buffer = ReadBuf::new(&mut room);
            if !start.give(&mut buffer) {
                break;
            }
            given.extend_from_slice(buffer.filled());
        }
        assert_eq!(given, b"GET /");
    }
}
