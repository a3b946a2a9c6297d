//! `cargo run -p saas`.

use std::process::ExitCode;

use saas::{App, routes::routes};
use testudo::Service;

fn main() -> ExitCode {
    Service::new("saas").state(async |surroundings| Ok(App::open(&surroundings))).routes(routes).run()
}
