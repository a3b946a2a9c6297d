//! What tests read lines from.

use std::{
    io::{self, Write},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

/// Keeps what was written.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Captured {
    /// The lines so far. All of them have to be text that ends with a line feed.
    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = self.0.0.lock().unwrap().clone();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "the last line is not whole: {text:?}");
        text.split_terminator('\n').map(str::to_owned).collect()
    }

    /// The lines so far, parsed.
    pub(crate) fn objects(&self) -> Vec<serde_json::Value> {
        let parse =
            |line: &String| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.lines().iter().map(parse).collect()
    }

    /// Waits until so many lines were written.
    pub(crate) fn wait_for(&self, lines: usize, limit: Duration) {
        let is_short = |bytes: &mut Vec<u8>| bytes.split(|byte| *byte == b'\n').count() <= lines;
        let guard = self.0.0.lock().unwrap();
        let timeout = self.0.1.wait_timeout_while(guard, limit, is_short).unwrap().1;
        assert!(!timeout.timed_out(), "{lines} lines did not arrive");
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.lock().unwrap().extend_from_slice(bytes);
        self.0.1.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
