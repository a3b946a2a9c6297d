//! A panic is a line of the log like any other: with its place, and with the ids of the request it happened in.
//!
//! It is the only one. Whoever catches the panic has something to say, too, but knows no place and nothing that the line
//! of the request does not have; and who only relied on it would hear nothing of a panic that nobody catches.

use std::{
    panic::{self, PanicHookInfo},
    sync::atomic::Ordering,
};

use super::Logger;

/// The target of what is said by whoever catches a panic.
pub(super) const CAUGHT: &str = "testudo::problem::panic";

/// From now on panics of the process are lines of this log. Where lines are for people, they are shown as always, with
/// the backtrace that `RUST_BACKTRACE` asks for.
pub(super) fn are_lines_of(logger: &Logger) {
    logger.0.has_panics.store(true, Ordering::Relaxed);
    let (logger, as_always) = (logger.clone(), panic::take_hook());
    panic::set_hook(Box::new(
        move |panic| if logger.is_for_people() { as_always(panic) } else { write(panic) },
    ));
}

fn write(panic: &PanicHookInfo<'_>) {
    let place = panic.location();
    let (file, line) = (place.map(panic::Location::file), place.map(panic::Location::line));
    let thread = std::thread::current();
    let error = panic.payload_as_str().unwrap_or("a panic without a message");
    tracing::error!(
        target: "testudo::panic",
        error,
        code.file.path = file,
        code.line.number = line,
        thread.name = thread.name(),
        "a thread panicked"
    );
}
