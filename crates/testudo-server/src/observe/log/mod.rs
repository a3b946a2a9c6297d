//! The log: one line for every event and every request, on stderr.

mod clock;
mod escape;
mod level;
mod line;
mod panics;
mod sink;
mod spans;
mod subscriber;
#[cfg(test)]
pub(super) mod testing;
#[cfg(test)]
mod tests;
mod timestamp;
mod writer;

use std::{
    cell::RefCell,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use anstream::{AutoStream, ColorChoice};
use prometheus_client::metrics::counter::Counter;
use testudo_settings::{Environment, LogFormat, LogLevel, LogSettings};
use tracing::{Dispatch, Level, dispatcher::SetGlobalDefaultError};

#[cfg(feature = "otlp")]
pub(crate) use self::escape::VALUE_MAX_BYTES;
pub(crate) use self::line::{Form, Line};
pub(crate) use self::subscriber::LogSubscriber;
use self::{clock::Clock, level::SharedLevel, sink::Sink};

/// Memory for a line that a thread keeps, in bytes.
const KEPT_LINE_BYTES: usize = 16 * 1_024;

thread_local! {
    /// Where this thread writes its lines, one after the other.
    static DESK: RefCell<Desk> = const { RefCell::new(Desk { line: Vec::new(), clock: Clock::new() }) };
}

/// What a thread needs for its lines.
struct Desk {
    line: Vec<u8>,
    clock: Clock,
}

/// The log of a service. Clones are the same one.
///
/// Lines are made on the thread that has something to say, and written by another: a slow reader costs lines, which
/// are counted, and no time.
#[derive(Debug, Clone)]
pub(crate) struct Logger(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sink: Sink,
    level: SharedLevel,
    form: AtomicU8,
    environment: Environment,
    has_colours: bool,
    /// Whether panics are lines as they happen.
    has_panics: AtomicBool,
}

impl Logger {
    /// A log on stderr, coloured when that is a terminal which wants it.
    ///
    /// # Errors
    /// When no thread can be started for it.
    pub(crate) fn stderr(settings: &LogSettings, environment: Environment) -> io::Result<Self> {
        let has_colours = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
        Self::new(settings, environment, io::stderr(), has_colours)
    }

    /// A log on something else.
    ///
    /// # Errors
    /// When no thread can be started for it.
    pub(crate) fn new(
        settings: &LogSettings,
        environment: Environment,
        out: impl Write + Send + 'static,
        has_colours: bool,
    ) -> io::Result<Self> {
        let form = form(settings.format, environment, has_colours);
        Ok(Self(Arc::new(Inner {
            sink: Sink::new(out, settings.queue)?,
            level: SharedLevel::new(settings.level),
            form: AtomicU8::new(form as u8),
            environment,
            has_colours,
            has_panics: AtomicBool::new(false),
        })))
    }

    /// Makes it the log of the whole process, panics included.
    ///
    /// # Errors
    /// When the process has one already.
    pub(crate) fn install(&self) -> Result<(), SetGlobalDefaultError> {
        tracing::dispatcher::set_global_default(self.dispatch())?;
        panics::are_lines_of(self);
        Ok(())
    }

    /// The log as tracing knows it.
    pub(crate) fn dispatch(&self) -> Dispatch {
        Dispatch::new(LogSubscriber::new(self.clone()))
    }

    /// Whether lines are written for people and not for machines.
    pub(crate) fn is_for_people(&self) -> bool {
        self.0.form.load(Ordering::Relaxed) != Form::Json as u8
    }

    /// Whether a line of this target has been written in other words.
    fn has_said(&self, target: &str) -> bool {
        target == panics::CAUGHT && self.0.has_panics.load(Ordering::Relaxed) && !self.is_for_people()
    }

    /// The least important lines that are written.
    pub(crate) fn level(&self) -> LogLevel {
        self.0.level.get()
    }

    /// Changes the least important lines that are written, from now on and everywhere.
    pub(crate) fn set_level(&self, level: LogLevel) {
        self.0.level.set(level);
    }

    /// Takes over new settings.
    pub(crate) fn reload(&self, settings: &LogSettings) {
        let form = form(settings.format, self.0.environment, self.0.has_colours);
        self.0.form.store(form as u8, Ordering::Relaxed);
        self.0.sink.set_max_lines(settings.queue);
        self.set_level(settings.level);
    }

    /// Waits until all lines so far are written, at most `limit`. Whether they are. It blocks its thread: the last
    /// thing that a service does.
    pub(crate) fn flush(&self, limit: Duration) -> bool {
        self.0.sink.flush(limit)
    }

    /// Lines that found no room in the queue, or could not be written.
    pub(crate) fn dropped(&self) -> &Counter {
        self.0.sink.dropped()
    }

    /// Whether a line of this level is written.
    pub(crate) fn allows(&self, level: Level) -> bool {
        self.0.level.allows(level)
    }

    /// Writes one line of what happened just now, `at` if somebody has looked at the clock already; `make` puts it into
    /// the buffer it is given.
    pub(crate) fn write(&self, at: Option<Instant>, make: impl FnOnce(&mut Vec<u8>, Form, SystemTime)) {
        let form = match self.0.form.load(Ordering::Relaxed) {
            0 => Form::Json,
            1 => Form::Text,
            _ => Form::Coloured,
        };
        at_desk(|Desk { line, clock }| {
            make(line, form, at.map_or_else(SystemTime::now, |at| clock.time(at)));
            self.0.sink.push(line);
        });
    }
}

fn form(format: LogFormat, environment: Environment, has_colours: bool) -> Form {
    let is_json = match format {
        LogFormat::Auto => environment != Environment::Development,
        LogFormat::Json => true,
        LogFormat::Text => false,
    };
    match (is_json, has_colours) {
        (true, _) => Form::Json,
        (false, false) => Form::Text,
        (false, true) => Form::Coloured,
    }
}

/// Lends the thread's desk. A value that logs while it is being logged finds it taken, and gets one of its own.
fn at_desk(write: impl FnOnce(&mut Desk)) {
    let mut write = Some(write);
    // An error says that the thread is about to end and has no buffer any more.
    let _ = DESK.try_with(|desk| {
        let Ok(mut desk) = desk.try_borrow_mut() else { return };
        if let Some(write) = write.take() {
            write(&mut desk);
            desk.line.shrink_to(KEPT_LINE_BYTES);
        }
    });
    if let Some(write) = write {
        write(&mut Desk { line: Vec::new(), clock: Clock::new() });
    }
}
