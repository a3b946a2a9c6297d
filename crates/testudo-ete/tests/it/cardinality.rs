//! What clients choose makes no new series.

use std::fmt::Write as _;

use crate::fixture::{Client, Service};

/// How many requests: 100,000, and a tenth in CI unless `TESTUDO_ETE_ALL` asks for all.
fn requests() -> usize {
    let all = std::env::var_os("TESTUDO_ETE_ALL").is_some() || std::env::var_os("CI").is_none();
    if all { 100_000 } else { 10_000 }
}

/// Requests that are on their way at a time.
const PIPELINED: usize = 500;

const METHODS: [&str; 11] =
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "RANDOM"];
const PATHS: [&str; 4] = ["/", "/items/RANDOM", "/RANDOM/RANDOM?q=RANDOM", "/guarded"];
const HOSTS: [&str; 3] = ["localhost", "RANDOM.test", "RANDOM..RANDOM"];
const COMBINATIONS: usize = METHODS.len() * PATHS.len() * HOSTS.len();

/// Any word that was not there before.
fn word(number: usize) -> String {
    // A multiplication spreads the numbers (Knuth); no two are the same.
    format!("w{:016x}", (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn send(client: &mut Client, numbers: std::ops::Range<usize>) {
    let mut bytes = String::new();
    for number in numbers.clone() {
        let (method, path, host) = choose(number);
        let random = |text: &str| text.replace("RANDOM", &word(number));
        let (method, path, host) = (random(method), random(path), random(host));
        write!(bytes, "{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {}\r\n\r\n", word(number))
            .unwrap();
    }
    client.send(bytes);
    for number in numbers {
        let has_content = choose(number).0 != "HEAD";
        client.response_to(has_content).unwrap();
    }
}

fn choose(number: usize) -> (&'static str, &'static str, &'static str) {
    let rest = number / METHODS.len();
    (METHODS[number % METHODS.len()], PATHS[rest % PATHS.len()], HOSTS[rest / PATHS.len() % HOSTS.len()])
}

#[test]
fn random_paths_methods_and_hosts_make_no_new_series() {
    let service = Service::start("hosts.allowed = [\"localhost\"]\nlog.access = false\n");
    let mut client = service.connect();
    send(&mut client, 0..COMBINATIONS);
    let before = series(&service.ask("/metrics").text());
    let total = requests();
    for first in (COMBINATIONS..total).step_by(PIPELINED) {
        send(&mut client, first..(first + PIPELINED).min(total));
    }
    let page = service.ask("/metrics").text();
    let after = series(&page);
    assert_eq!(before, after);
    assert_eq!(sum(&page, "http_server_request_duration_seconds_count", &[]), total);
    assert!(!page.contains(&word(7)) && !page.contains(&word(7).to_uppercase()));
}

/// The names and labels of all series of a page.
fn series(page: &str) -> Vec<String> {
    let samples = page.lines().filter(|line| !line.starts_with('#'));
    samples.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
}

/// The sum of all series of this name that have these labels.
pub(crate) fn sum(page: &str, name: &str, labels: &[(&str, &str)]) -> usize {
    let begins = format!("{name}{{");
    let has = |line: &str| labels.iter().all(|(label, value)| line.contains(&format!("{label}=\"{value}\"")));
    let found = page.lines().filter(|line| line.starts_with(&begins) && has(line));
    found.map(number).sum()
}

/// The value of the one series of this name.
#[track_caller]
pub(crate) fn value(page: &str, name: &str) -> usize {
    let line = page.lines().find(|line| line.split(' ').next() == Some(name));
    number(line.unwrap_or_else(|| panic!("no {name} in:\n{page}")))
}

fn number(line: &str) -> usize {
    line.rsplit_once(' ').and_then(|(_, number)| number.parse().ok()).unwrap_or_else(|| panic!("{line}"))
}
