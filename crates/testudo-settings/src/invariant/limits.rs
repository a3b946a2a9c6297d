//! Times and numbers that have to fit together.

use std::time::Duration;

use super::{Rule, when};
use crate::sections::Settings;

/// What remains of the grace period for logs to be written and for the process to end.
const MARGIN: Duration = Duration::from_secs(2);

macro_rules! not_zero {
    ($($section:ident . $key:ident),* $(,)?) => {
        &[
            $(Rule {
                keys: &[concat!(stringify!($section), ".", stringify!($key))],
                check: |settings| zero(settings.$section.$key.is_zero()),
            },)*
            Rule {
                keys: &["shutdown.grace_period", "shutdown.drain_delay", "shutdown.budget"],
                check: stops_in_time,
            },
            Rule { keys: &["database.min_connections", "database.max_connections"], check: pool },
        ]
    };
}

pub(super) const RULES: &[Rule] = not_zero![
    server.handshake_timeout,
    server.first_byte_timeout,
    server.header_read_timeout,
    server.body_read_timeout,
    server.request_timeout,
    server.keep_alive_timeout,
    server.max_connection_age,
    health.period,
    health.timeout,
    database.acquire_timeout,
    database.statement_timeout,
    database.idle_in_transaction_timeout,
    database.max_lifetime,
    database.idle_timeout,
];

fn zero(is_zero: bool) -> Vec<String> {
    when(is_zero, "zero leaves no time at all; write how long, such as `10s`")
}

fn stops_in_time(settings: &Settings) -> Vec<String> {
    let shutdown = &settings.shutdown;
    let needed = shutdown.drain_delay.saturating_add(*shutdown.budget).saturating_add(MARGIN);
    let words = crate::value::Period::from(needed);
    when(
        needed > *shutdown.grace_period,
        format!(
            "the process would be killed before it has stopped: drain delay, budget and 2s need {words}; lengthen the \
             grace period, or shorten the others"
        ),
    )
}

fn pool(settings: &Settings) -> Vec<String> {
    let database = &settings.database;
    when(
        database.min_connections > database.max_connections,
        "more connections are kept than may be open; lower it, or raise `database.max_connections`",
    )
}
