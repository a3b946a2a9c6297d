//! Stores that several processes share.

use super::{Rule, when};
use crate::sections::Settings;

pub(super) const RULES: &[Rule] = &[
    Rule { keys: &["redis.url", "deploy.replicas"], check: shared_state },
    Rule { keys: &["database.url", "deploy.replicas"], check: shared_data },
    Rule { keys: &["redis.url"], check: redis_scheme },
    Rule { keys: &["database.url"], check: database_scheme },
];

fn shared_state(settings: &Settings) -> Vec<String> {
    when(
        settings.deploy.replicas > 1 && settings.redis.url.is_none(),
        "missing: several replicas need a store for limits, sessions and caches that they share; set `redis.url`, or \
         run one replica",
    )
}

fn shared_data(settings: &Settings) -> Vec<String> {
    let shared = settings.database.url.as_ref().is_some_and(|url| url.scheme() != "sqlite");
    when(
        settings.deploy.replicas > 1 && !shared,
        "several replicas need a database that they share, which SQLite is not; set a URL such as \
         `postgres://user@host/database`, or run one replica",
    )
}

fn redis_scheme(settings: &Settings) -> Vec<String> {
    let url = settings.redis.url.as_ref();
    let is_wrong = url.is_some_and(|url| !["redis", "rediss"].contains(&url.scheme()));
    when(is_wrong, "the URL starts neither with `redis://` nor, with TLS, with `rediss://`")
}

fn database_scheme(settings: &Settings) -> Vec<String> {
    let url = settings.database.url.as_ref();
    let is_wrong = url.is_some_and(|url| !["sqlite", "postgres", "postgresql"].contains(&url.scheme()));
    when(is_wrong, "the URL starts neither with `sqlite://` nor with `postgres://`")
}
