//! Where lines wait to be written, so that nobody waits for the disk.

use std::{
    fmt,
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use prometheus_client::metrics::counter::Counter;

use super::writer::{Lost, Writer};

/// How long the writer collects lines once there is one. It is woken once for all of them, and not once a line:
/// waking a thread costs more than a line, and takes the processor from whoever serves.
const COLLECT: Duration = Duration::from_millis(5);

/// Memory for lines that wait, for each line that may wait, in bytes. A line of a request takes about half of it.
const BYTES_A_LINE: usize = 1_024;

/// Memory for lines that wait at least, in bytes: one very long line always fits.
const MIN_BYTES: usize = 1 << 20;

/// Memory that is kept between bursts, in bytes.
const KEPT_BYTES: usize = 256 * 1_024;

/// A bounded queue of lines in front of a thread that writes them. A line that finds it full is dropped and counted.
#[derive(Clone)]
pub(crate) struct Sink(Arc<Handle>);

/// Ends the thread, once it has written what waits, when nobody can add lines any more.
struct Handle(Arc<Shared>);

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    written: Condvar,
    dropped: Counter,
}

#[derive(Default)]
struct Queue {
    bytes: Vec<u8>,
    lines: usize,
    max_lines: usize,
    /// Lines that were taken in, ever.
    accepted: u64,
    /// How many of them have been written, or lost.
    done: u64,
    /// The writer sleeps until it is woken.
    is_idle: bool,
    /// The writer is not to collect any longer.
    is_urgent: bool,
    state: State,
}

/// Whether lines can go on their way.
#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// Nothing can be written any more: whoever read the lines is gone.
    Gone,
    /// Nobody adds lines any more.
    Closed,
}

impl Sink {
    /// Starts the thread that writes to `out`, of which `max_lines` lines may wait.
    pub(crate) fn new(out: impl Write + Send + 'static, max_lines: usize) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue { max_lines: max_lines.max(1), ..Queue::default() }),
            wake: Condvar::new(),
            written: Condvar::new(),
            dropped: Counter::default(),
        });
        let own = Arc::clone(&shared);
        thread::Builder::new().name("testudo-log".to_owned()).spawn(move || own.write_all(out))?;
        Ok(Self(Arc::new(Handle(shared))))
    }

    /// Adds a line, which ends with a line feed. It never waits for the writer.
    pub(crate) fn push(&self, line: &[u8]) {
        let shared = &self.0.0;
        let mut queue = shared.lock();
        if !queue.has_room(line.len()) {
            drop(queue);
            shared.dropped.inc();
            return;
        }
        queue.bytes.extend_from_slice(line);
        queue.lines += 1;
        queue.accepted += 1;
        let is_filling = queue.lines == queue.max_lines.div_ceil(2);
        queue.is_urgent |= is_filling;
        let wake = mem::take(&mut queue.is_idle) || is_filling;
        drop(queue);
        if wake {
            shared.wake.notify_one();
        }
    }

    /// Waits until all lines added so far are written, at most `limit`. Whether they are.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        let shared = &self.0.0;
        let started = Instant::now();
        let mut queue = shared.lock();
        let target = queue.accepted;
        while queue.done < target {
            queue.is_urgent = true;
            shared.wake.notify_one();
            let left = limit.saturating_sub(started.elapsed());
            if left.is_zero() {
                return false;
            }
            queue = shared.written.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.state != State::Gone
    }

    /// Changes how many lines may wait.
    pub(crate) fn set_max_lines(&self, max_lines: usize) {
        self.0.0.lock().max_lines = max_lines.max(1);
    }

    /// Lines that were dropped, or that could not be written.
    pub(crate) fn dropped(&self) -> &Counter {
        &self.0.0.dropped
    }
}

impl Queue {
    fn has_room(&self, bytes: usize) -> bool {
        let max_bytes = self.max_lines.saturating_mul(BYTES_A_LINE).max(MIN_BYTES);
        self.state == State::Open && self.lines < self.max_lines && self.bytes.len() + bytes <= max_bytes
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it is held.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_all(&self, out: impl Write) {
        let mut writer = Writer::new(out);
        let mut batch = Vec::new();
        while let Some(upto) = self.take(&mut batch) {
            let ended = writer.write(&batch);
            batch.clear();
            batch.shrink_to(KEPT_BYTES);
            if let Err(Lost { lines, .. }) = ended {
                self.dropped.inc_by(lines);
            }
            let mut queue = self.lock();
            queue.done = upto;
            if queue.state == State::Open && ended.is_err_and(|lost| lost.is_gone) {
                queue.state = State::Gone;
            }
            drop(queue);
            self.written.notify_all();
        }
    }

    /// Waits for lines and takes all of them into `batch`, which is empty. The number of the last one, `None` when
    /// there will be no more.
    fn take(&self, batch: &mut Vec<u8>) -> Option<u64> {
        let mut queue = self.lock();
        while queue.lines == 0 {
            if queue.state == State::Closed {
                return None;
            }
            queue.is_idle = true;
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
        queue.is_idle = false;
        if !queue.is_urgent && queue.state != State::Closed {
            queue = self.wake.wait_timeout(queue, COLLECT).unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.is_urgent = false;
        queue.lines = 0;
        mem::swap(&mut queue.bytes, batch);
        Some(queue.accepted)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.lock().state = State::Closed;
        self.0.wake.notify_one();
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink").field("dropped", &self.dropped().get()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::observe::log::testing::Captured;

    const LONG: Duration = Duration::from_secs(20);

    /// A disk that takes nothing until it is told to, and says when somebody tries.
    struct Stuck {
        tried: mpsc::Sender<()>,
        free: mpsc::Receiver<()>,
        captured: Captured,
    }

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.tried.send(()).unwrap();
            // Disconnected: free for good.
            let _ = self.free.recv();
            self.captured.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_arrive_whole_and_in_order() {
        let captured = Captured::default();
        let sink = Sink::new(captured.clone(), 1_000).unwrap();
        for n in 0..500 {
            sink.push(format!("{n}\n").as_bytes());
        }
        assert!(sink.flush(LONG));
        let expected: Vec<String> = (0..500).map(|n| n.to_string()).collect();
        assert_eq!(captured.lines(), expected);
        assert_eq!(sink.dropped().get(), 0);
    }

    #[test]
    fn a_full_queue_drops_and_counts_and_never_waits() {
        let (tried, is_tried) = mpsc::channel();
        let (set_free, free) = mpsc::channel();
        let captured = Captured::default();
        let sink = Sink::new(Stuck { tried, free, captured: captured.clone() }, 10).unwrap();
        sink.push(b"first\n");
        is_tried.recv_timeout(LONG).unwrap();

        for n in 0..25 {
            sink.push(format!("{n}\n").as_bytes());
        }

        assert_eq!(sink.dropped().get(), 15);
        assert!(!sink.flush(Duration::from_millis(1)), "a flush has a deadline");
        drop(set_free);
        assert!(sink.flush(LONG));
        assert_eq!(captured.lines(), ["first", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    }

    #[test]
    fn memory_is_bounded_also_when_lines_are_long() {
        let (tried, is_tried) = mpsc::channel();
        let (set_free, free) = mpsc::channel();
        let sink = Sink::new(Stuck { tried, free, captured: Captured::default() }, 16).unwrap();
        sink.push(b"first\n");
        is_tried.recv_timeout(LONG).unwrap();
        let long = vec![b'x'; MIN_BYTES / 4];
        for _ in 0..10 {
            sink.push(&long);
        }
        assert_eq!(sink.dropped().get(), 6);
        drop(set_free);
    }

    #[test]
    fn lines_that_wait_are_written_when_the_last_owner_leaves() {
        let captured = Captured::default();
        let sink = Sink::new(captured.clone(), 10).unwrap();
        sink.push(b"last words\n");
        drop(sink);
        captured.wait_for(1, LONG);
        assert_eq!(captured.lines(), ["last words"]);
    }

    #[test]
    fn a_reader_that_is_gone_costs_lines_and_nothing_else() {
        let (reader, pipe) = io::pipe().unwrap();
        drop(reader);
        let sink = Sink::new(pipe, 10).unwrap();
        sink.push(b"one\n");
        assert!(!sink.flush(LONG), "it was not written");
        for _ in 0..100 {
            sink.push(b"more\n");
        }
        assert_eq!(sink.dropped().get(), 101);
        assert!(!sink.flush(LONG));
    }
}
