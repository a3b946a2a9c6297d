//! Both stores, for tests that hold for each.

use testudo_store::{Key, Limiter, Redis, RedisOptions};
use testudo_testkit::RedisServer;

/// One of the stores.
pub(crate) struct Store {
    pub(crate) name: &'static str,
    pub(crate) limiter: Limiter,
    /// As long as it is asked.
    _server: Option<RedisServer>,
}

/// All of them.
pub(crate) fn stores(test: &str) -> Vec<Store> {
    let memory = Store { name: "memory", limiter: Limiter::memory(), _server: None };
    let redis = server(test).map(|server| Store {
        name: "Redis",
        limiter: Limiter::redis(redis(&server)),
        _server: Some(server),
    });
    std::iter::once(memory).chain(redis).collect()
}

/// A server of the test's own; none where Redis is not installed, which no run in CI accepts.
pub(crate) fn server(test: &str) -> Option<RedisServer> {
    match RedisServer::start() {
        Ok(server) => Some(server),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && std::env::var_os("CI").is_none() => {
            eprintln!("skipped: {test}, for want of redis-server: apt-get install redis-server");
            None
        }
        Err(error) => panic!("{test}: {error}"),
    }
}

pub(crate) fn redis(server: &RedisServer) -> Redis {
    let mut options = RedisOptions::new(server.url());
    // A machine that is busy with other tests is slow, and not down.
    options.response_timeout = std::time::Duration::from_secs(10);
    Redis::open(&options).unwrap()
}

pub(crate) fn key(name: &str) -> Key {
    Key::of("test", 1).part(name).make()
}
