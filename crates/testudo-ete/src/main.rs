//! A fixture service: what the tests in `tests/it` start as a process of its own.

mod handlers;
mod routes;
mod settings;
mod shields;
mod socket;
mod streams;

use std::process::ExitCode;

use testudo::{Service, StartError};

fn main() -> ExitCode {
    Service::new("fixture")
        .version(env!("CARGO_PKG_VERSION"))
        // Both orders are allowed: what is said before the settings is not forgotten.
        .command("echo", "Says its arguments", async |_, words| Ok::<_, StartError>(words.join(" ")))
        .settings::<settings::Own>()
        .state(settings::open)
        .routes(routes::routes)
        .migrate(async |_| Ok::<_, StartError>("there is nothing to migrate"))
        .run()
}
