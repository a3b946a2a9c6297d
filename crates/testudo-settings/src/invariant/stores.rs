//! Stores that several processes share.

use super::{Rule, when};
use crate::{sections::Settings, value::ConnectionUrl};

pub(super) const RULES: &[Rule] = &[
    Rule { keys: &["database.url", "deploy.replicas"], check: shared_data },
    Rule { keys: &["database.password", "database.url"], check: one_password },
    Rule { keys: &["redis.url"], check: redis_scheme },
    Rule { keys: &["database.url"], check: database_scheme },
];

fn shared_data(settings: &Settings) -> Vec<String> {
    let of_one = settings.database.url.as_ref().is_some_and(|url| url.scheme() == "sqlite");
    when(
        settings.deploy.replicas > 1 && of_one,
        "several replicas need a database that they share, which SQLite is not; set a URL such as \
         `postgres://user@host/database`, or run one replica",
    )
}

fn one_password(settings: &Settings) -> Vec<String> {
    let database = &settings.database;
    let in_the_url = database.url.as_ref().is_some_and(ConnectionUrl::has_password);
    when(
        in_the_url && database.password.is_some(),
        "`database.url` has a password, too; keep this one, and take that out of the URL",
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
