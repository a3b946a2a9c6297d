//! The route behind everything that Testudo puts round it; `testudo.toml` says how.

use std::process::ExitCode;

use testudo::prelude::*;
use testudo_bench_peers::route::{PATH, product};

fn routes() -> Router {
    Router::new().route(PATH, Stack::public("everybody may look").get(product))
}

fn main() -> ExitCode {
    testudo::Service::new("shop").routes(routes).run()
}
