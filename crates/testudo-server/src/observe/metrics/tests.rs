use std::{
    collections::BTreeSet,
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use axum::http::{Method, StatusCode};
use testudo_core::ShieldOutcome;
use testudo_settings::LogFormat;

use super::*;
use crate::observe::testing::{HOSTILE_NAME, Observed};

/// A service that has counted one of everything.
fn counted() -> Observed {
    let observed = Observed::new(LogFormat::Json);
    let metrics = observed.observer.metrics();
    let millisecond = Duration::from_millis(1);
    metrics.request(&Method::GET, Some("/products"), Some(StatusCode::OK), millisecond);
    metrics.request(&Method::POST, None, None, millisecond);
    metrics.shield("First", ShieldOutcome::Blocked, millisecond);
    metrics.shield(HOSTILE_NAME, ShieldOutcome::Success, millisecond);
    metrics.refused(RefusalReason::Overload);
    observed
}

#[test]
fn everything_that_is_counted_is_there_under_its_name() {
    let samples = counted().samples();
    for (series, value) in [
        (
            "http_server_request_duration_seconds_count{http_request_method=\"GET\",\
             http_route=\"/products\",http_response_status_code=\"200\"}",
            "1",
        ),
        (
            "http_server_request_duration_seconds_bucket{http_request_method=\"POST\",\
             http_route=\"unmatched\",http_response_status_code=\"\",le=\"0.005\"}",
            "1",
        ),
        ("http_server_active_requests{http_request_method=\"_OTHER\"}", "0"),
        ("http_server_active_connections{kind=\"regular\"}", "0"),
        ("http_server_connections_total{outcome=\"tls_failed\"}", "0"),
        ("http_server_connections_total{outcome=\"accepted\"}", "0"),
        ("http_requests_refused_total{reason=\"overload\"}", "1"),
        ("http_requests_refused_total{reason=\"header\"}", "0"),
        ("shield_validations_total{shield_name=\"First\",result=\"blocked\"}", "1"),
        ("shield_validations_total{shield_name=\"First\",result=\"timeout\"}", "0"),
        ("shield_validation_seconds_bucket{shield_name=\"First\",le=\"0.0005\"}", "0"),
        ("shield_validation_seconds_bucket{shield_name=\"First\",le=\"0.001\"}", "1"),
        ("log_lines_dropped_total", "0"),
    ] {
        assert_eq!(samples.get(series).map(String::as_str), Some(value), "{series} in {samples:#?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_is_measured() {
    let samples = Observed::new(LogFormat::Json).samples();
    let value = |series: &str| samples[series].parse::<f64>().unwrap();
    for series in [
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
        "process_threads",
        "process_start_time_seconds",
    ] {
        assert!(value(series) >= 0.0, "{series}");
    }
    assert!(value("process_resident_memory_bytes") > 1_000_000.0);
    assert!(value("process_open_fds") >= 3.0);
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
    let age = now - value("process_start_time_seconds");
    assert!((-1.0..86_400.0).contains(&age), "{age}");
}

#[test]
fn what_clients_choose_never_makes_a_series() {
    let observed = counted();
    let metrics = observed.observer.metrics();
    metrics.request(&"BREW".parse().unwrap(), None, Some(StatusCode::NOT_FOUND), Duration::ZERO);
    metrics.request(&Method::GET, None, Some(StatusCode::NOT_FOUND), Duration::ZERO);
    for outcome in ["Success", "Blocked", "Error", "Timeout"] {
        metrics.shield("First", outcome_of(outcome), Duration::ZERO);
    }
    let before: BTreeSet<String> = observed.samples().into_keys().collect();

    for n in 0..100_000_u32 {
        let made_up = format!("M{n}").parse().unwrap();
        let method = if n.is_multiple_of(2) { &made_up } else { &Method::GET };
        let _in_flight = observed.observer.begin(method);
        let duration = Duration::from_nanos(u64::from(n.wrapping_mul(2_654_435_761)));
        metrics.request(method, None, Some(StatusCode::NOT_FOUND), duration);
        let outcome = outcome_of(["Success", "Blocked", "Error", "Timeout"][(n % 4) as usize]);
        metrics.shield("First", outcome, duration);
    }

    let after: BTreeSet<String> = observed.samples().into_keys().collect();
    assert_eq!(after.difference(&before).collect::<Vec<_>>(), Vec::<&String>::new());
}

fn outcome_of(word: &str) -> ShieldOutcome {
    match word {
        "Success" => ShieldOutcome::Success,
        "Blocked" => ShieldOutcome::Blocked,
        "Error" => ShieldOutcome::Error,
        _ => ShieldOutcome::Timeout,
    }
}

#[test]
fn routes_and_shields_that_code_makes_up_are_bounded_too() {
    let observed = Observed::new(LogFormat::Json);
    let metrics = observed.observer.metrics();
    for n in 0..10_000 {
        let name = format!("/{n}");
        metrics.request(&Method::GET, Some(&name), Some(StatusCode::OK), Duration::ZERO);
        metrics.shield(&name, ShieldOutcome::Success, Duration::ZERO);
    }
    let samples = observed.samples();
    let count = |prefix: &str| samples.keys().filter(|series| series.starts_with(prefix)).count();
    assert_eq!(count("http_server_request_duration_seconds_count"), bounded::LATE_MAX + 1);
    assert_eq!(count("shield_validation_seconds_count"), bounded::LATE_MAX + 1);
    assert_eq!(count("shield_validations_total"), 4 * (bounded::LATE_MAX + 1));
    assert_eq!(samples["shield_validation_seconds_count{shield_name=\"_OTHER\"}"], "9000");
}

#[test]
fn open_metrics_is_complete_and_names_every_family_once() {
    let (media_type, text) = counted().observer.render(Some("application/openmetrics-text;version=1.0.0"));
    assert_eq!(media_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert!(text.ends_with("\n# EOF\n"));
    let families: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")).collect();
    let names: BTreeSet<&str> = families.iter().filter_map(|family| family.split(' ').next()).collect();
    assert_eq!(names.len(), families.len(), "{families:#?}");
    assert!(text.contains("\nshield_validations_total{"), "{text}");
}

#[test]
#[expect(clippy::print_stderr, reason = "who runs the tests is told what was not tested")]
fn promtool_finds_nothing_to_object_to() {
    let Ok(mut promtool) = Command::new("promtool")
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    else {
        assert!(std::env::var_os("CI").is_none(), "promtool is missing: apt-get install prometheus");
        eprintln!(
            "skipped: promtool_finds_nothing_to_object_to, for want of promtool: apt-get install prometheus"
        );
        return;
    };
    let (media_type, text) = counted().observer.render(None);
    assert_eq!(media_type, "text/plain; version=0.0.4; charset=utf-8");
    promtool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = promtool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.is_empty(), "{said}\n{text}");
}
