//! `cargo run -p webhooks`.

use std::process::ExitCode;

use testudo::Service;
use webhooks::{App, routes::routes};

fn main() -> ExitCode {
    Service::new("webhooks").state(async |surroundings| App::open(&surroundings)).routes(routes).run()
}
