//! What a service says on a terminal: data on stdout, talk on stderr, colours only where they are wanted.

use std::{
    fmt::Display,
    io::{self, Write},
    net::SocketAddr,
};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use testudo_core::AccessMatrix;
use tracing::Level;

use testudo_settings::Environment;

use crate::error::StartError;

/// Prints data to stdout. A reader that has gone away (`| head`) is no error.
pub(crate) fn data(text: impl Display) -> Result<(), StartError> {
    let mut stdout = io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(StartError::incomplete("the output could not be written").caused_by(error))
        }
        _ => Ok(()),
    }
}

/// Says why the service does not start, or what did not complete.
pub(crate) fn error(error: &StartError) {
    let red = AnsiColor::Red.on_default().bold();
    say(format_args!("{red}error{red:#}: {error}"));
}

/// Says who may call what, and then where to go.
pub(crate) fn listening(matrix: &AccessMatrix, address: SocketAddr, environment: Environment) {
    let bold = Style::new().bold();
    say(format_args!(
        "{matrix}\nlistening on {bold}http://{address}{bold:#} ({environment}); Ctrl-C or SIGTERM stops it"
    ));
}

/// Says that in-flight requests are being waited for.
pub(crate) fn draining(connections: usize, seconds: u64) {
    if connections > 0 {
        let noun = if connections == 1 { "connection" } else { "connections" };
        say(format_args!(
            "stopping: {connections} {noun} may finish within {seconds} s; a second signal stops at once"
        ));
    }
}

/// Sends log lines to stderr.
pub(crate) fn log(level: Level) -> Result<(), StartError> {
    let colours = AutoStream::choice(&io::stderr()) != ColorChoice::Never;
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_ansi(colours)
        .with_writer(io::stderr)
        .try_init()
        .map_err(|error| StartError::incomplete("logs cannot be written").caused_by(error))
}

fn say(text: impl Display) {
    // Nobody is left to be told that stderr is gone.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}
