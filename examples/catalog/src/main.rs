//! The product catalogue: `cargo run -p catalog`.

use std::process::ExitCode;

use catalog::{App, api_token, routes};
use testudo::{Service, Stack};

fn main() -> ExitCode {
    Service::new("catalog")
        .version(env!("CARGO_PKG_VERSION"))
        .state(App::open)
        .migrate(App::migrate)
        .routes(|| routes(&Stack::new().shield(api_token)))
        .run()
}
