//! What a service says on a terminal: data on stdout, talk on stderr, colours only where they are wanted.

use std::{
    fmt::Display,
    io::{self, Write},
    net::SocketAddr,
};

use anstyle::{AnsiColor, Style};
use testudo_core::AccessMatrix;

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

/// Says what is worth a word, and is no error.
pub(crate) fn warning(warning: impl Display) {
    let yellow = AnsiColor::Yellow.on_default().bold();
    say(format_args!("{yellow}warning{yellow:#}: {warning}"));
}

/// Says who may call what, and then where to go.
pub(crate) fn listening(
    matrix: &AccessMatrix,
    scheme: &str,
    address: SocketAddr,
    admin: Option<SocketAddr>,
    environment: Environment,
) {
    let bold = Style::new().bold();
    let admin = admin.map(|admin| format!("; operators at http://{admin}")).unwrap_or_default();
    say(format_args!(
        "{matrix}\nlistening on {bold}{scheme}://{address}{bold:#} ({environment}){admin}; Ctrl-C or SIGTERM stops it"
    ));
}

fn say(text: impl Display) {
    // Nobody is left to be told that stderr is gone.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}
