//! Times and numbers that have to fit together.

use std::time::Duration;

use super::{Rule, when};
use crate::sections::Settings;

/// What remains of the grace period for logs to be written and for the process to end.
const MARGIN: Duration = Duration::from_secs(2);
/// No clock overflows within it, and nobody means more.
const LONGEST: Duration = Duration::from_hours(24 * 36_500);
/// Postgres and SQLite count milliseconds in 32 bits with a sign, and take none of them for no limit.
const DATABASE_LONGEST: Duration = Duration::from_hours(24 * 24);
const DATABASE_SHORTEST: Duration = Duration::from_millis(1);

macro_rules! durations {
    ($($check:ident: $($section:ident . $key:ident),*;)*) => {
        &[
            $($(Rule {
                keys: &[concat!(stringify!($section), ".", stringify!($key))],
                check: |settings| $check(*settings.$section.$key),
            },)*)*
            Rule {
                keys: &["headers.hsts.max_age"],
                check: |settings| not_endless(*settings.headers.hsts.max_age),
            },
            Rule {
                keys: &["shutdown.grace_period", "shutdown.drain_delay", "shutdown.budget"],
                check: stops_in_time,
            },
            Rule { keys: &["database.min_connections", "database.max_connections"], check: pool },
        ]
    };
}

pub(super) const RULES: &[Rule] = durations![
    some_time:
        server.handshake_timeout, server.first_byte_timeout, server.header_read_timeout,
        server.body_read_timeout, server.request_timeout, server.keep_alive_timeout,
        server.max_connection_age, health.period, health.timeout, database.max_lifetime,
        database.idle_timeout;
    in_milliseconds:
        database.acquire_timeout, database.statement_timeout, database.idle_in_transaction_timeout;
    not_endless:
        overload.max_queue_time, overload.retry_after, shutdown.drain_delay, shutdown.budget,
        shutdown.grace_period;
];

fn some_time(duration: Duration) -> Vec<String> {
    if duration.is_zero() {
        return vec!["zero leaves no time at all; write how long, such as `10s`".to_owned()];
    }
    not_endless(duration)
}

fn not_endless(duration: Duration) -> Vec<String> {
    when(duration > LONGEST, "longer than a century; write how long, such as `24h`")
}

fn in_milliseconds(duration: Duration) -> Vec<String> {
    if !duration.is_zero() && !(DATABASE_SHORTEST..=DATABASE_LONGEST).contains(&duration) {
        return vec!["databases count from `1ms` to `24d`; write how long, such as `10s`".to_owned()];
    }
    some_time(duration)
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
