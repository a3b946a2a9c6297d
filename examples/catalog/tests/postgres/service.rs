//! The program on a Postgres, and what is asked of it.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use testudo_testkit::Postgres;

use crate::process::Running;

/// Whoever waits longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A server, or the reason why there is none: then the test is skipped, and fails where everything has to be tested.
pub(crate) fn postgres() -> Option<Postgres> {
    installed("PostgreSQL", Postgres::start())
}

/// What was started, unless it is not installed.
pub(crate) fn installed<T>(name: &str, started: std::io::Result<T>) -> Option<T> {
    match started {
        Ok(started) => Some(started),
        Err(error) if std::env::var_os("CI").is_none() => {
            #[expect(clippy::print_stderr, reason = "it is said where a test's words go")]
            {
                eprintln!("skipped: {name} ({error})");
            }
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// The catalogue, filled, on these hosts: short times, and one setting after the other.
pub(crate) fn catalogue(hosts: &str, variables: &[(&str, &str)]) -> Running {
    let url = format!("postgres://postgres@{hosts}/postgres");
    let mut all = vec![
        ("TESTUDO__ENVIRONMENT", "development"),
        ("TESTUDO__SERVER__PORT", "0"),
        ("TESTUDO__ADMIN__PORT", "0"),
        ("TESTUDO__HEALTH__PERIOD", "200ms"),
        ("TESTUDO__HEALTH__TIMEOUT", "200ms"),
        ("TESTUDO__DATABASE__URL", &url),
        ("TESTUDO__DATABASE__MAX_CONNECTIONS", "3"),
        ("TESTUDO__DATABASE__ACQUIRE_TIMEOUT", "500ms"),
        ("TESTUDO__DATABASE__STATEMENT_TIMEOUT", "2s"),
    ];
    all.extend_from_slice(variables);
    Running::start(&all)
}

/// The status of an answer.
pub(crate) fn status(answer: &str) -> u16 {
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
    status.and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("no answer: {answer:?}"))
}

pub(crate) fn get(service: &Running, path: &str) -> String {
    service.ask(&request(path))
}

/// Asks at the same moment, each on a connection of its own; the answers come with `join`.
pub(crate) fn crowd(service: &Running, path: &str, requests: usize) -> Crowd {
    let ask = |_| {
        let (mut connection, request) = (service.connect(), request(path));
        thread::spawn(move || {
            connection.send(&request);
            connection.read_to_end()
        })
    };
    Crowd((0..requests).map(ask).collect())
}

pub(crate) struct Crowd(Vec<JoinHandle<String>>);

impl Crowd {
    pub(crate) fn join(self) -> Vec<String> {
        self.0.into_iter().map(|asked| asked.join().expect("an answer")).collect()
    }
}

/// Makes a product, and returns the status.
pub(crate) fn write(service: &Running) -> u16 {
    let product = r#"{"name":"Kettle","description":"Boils","price":1.5,"category":"kitchen"}"#;
    status(&service.ask(&format!(
        "POST /products HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer admin_token\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{product}",
        product.len()
    )))
}

/// Asks again and again until it is so: what is waited for happens in other programs, and they tell nobody.
#[track_caller]
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "it was never so that {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Waits until a path is answered so.
pub(crate) fn until_status(service: &Running, path: &str, expected: u16) {
    until(&format!("{path} says {expected}"), || status(&get(service, path)) == expected);
}

fn request(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}
