//! The last step of a line: out of the process.

use std::{
    io::{self, Write},
    thread,
    time::Duration,
};

/// How long a destination that cannot take more right now is left alone. Only one that somebody else has made
/// non-blocking says so.
const RETRY: Duration = Duration::from_millis(5);

/// Writes batches of whole lines, and knows what to do when that fails.
pub(super) struct Writer<W> {
    out: W,
    /// The last line that went out is not whole.
    is_torn: bool,
}

/// A batch that was not written to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// Lines of which at least the end is missing.
    pub(super) lines: u64,
    /// Whether no batch can be written any more.
    pub(super) is_gone: bool,
}

impl<W: Write> Writer<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, is_torn: false }
    }

    /// Writes a batch. After one that was torn, the next begins on a line of its own.
    pub(super) fn write(&mut self, batch: &[u8]) -> Result<(), Lost> {
        if self.is_torn {
            self.write_bytes(b"\n").map_err(|(_, error)| lost(batch, &error))?;
            self.is_torn = false;
        }
        self.write_bytes(batch).map_err(|(written, error)| {
            self.is_torn = batch[..written].last().is_some_and(|last| *last != b'\n');
            lost(&batch[written..], &error)
        })
    }

    /// Writes all bytes, or says how many were written.
    fn write_bytes(&mut self, bytes: &[u8]) -> Result<(), (usize, io::Error)> {
        let mut written = 0;
        while written < bytes.len() {
            match self.out.write(&bytes[written..]) {
                Ok(0) => return Err((written, io::ErrorKind::WriteZero.into())),
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::sleep(RETRY),
                Err(error) => return Err((written, error)),
            }
        }
        Ok(())
    }
}

fn lost(rest: &[u8], error: &io::Error) -> Lost {
    let lines = rest.split_inclusive(|byte| *byte == b'\n').count();
    Lost { lines: lines as u64, is_gone: error.kind() == io::ErrorKind::BrokenPipe }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;

    /// Takes what its script says, one answer a call, and everything after it.
    #[derive(Default)]
    struct Scripted {
        answers: VecDeque<Result<usize, io::ErrorKind>>,
        taken: Vec<u8>,
    }

    impl Write for Scripted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let count = self.answers.pop_front().unwrap_or(Ok(bytes.len()))?;
            self.taken.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn writer<const N: usize>(answers: [Result<usize, io::ErrorKind>; N]) -> Writer<Scripted> {
        Writer::new(Scripted { answers: answers.into(), taken: Vec::new() })
    }

    #[test]
    fn what_is_only_for_a_moment_is_tried_again() {
        let mut writer =
            writer([Ok(2), Err(io::ErrorKind::Interrupted), Err(io::ErrorKind::WouldBlock), Ok(1)]);
        assert_eq!(writer.write(b"one\ntwo\n"), Ok(()));
        assert_eq!(writer.out.taken, b"one\ntwo\n");
    }

    #[test]
    fn lines_that_are_not_whole_are_lost_and_the_next_begins_anew() {
        let mut writer = writer([Ok(5), Err(io::ErrorKind::StorageFull)]);
        assert_eq!(writer.write(b"one\ntwo\nthree\n"), Err(Lost { lines: 2, is_gone: false }));
        assert_eq!(writer.write(b"four\n"), Ok(()));
        assert_eq!(writer.out.taken, b"one\nt\nfour\n");
    }

    #[test]
    fn a_reader_that_is_gone_is_told_apart_from_a_full_disk() {
        let mut writer = writer([Err(io::ErrorKind::BrokenPipe)]);
        assert_eq!(writer.write(b"one\n"), Err(Lost { lines: 1, is_gone: true }));
    }
}
