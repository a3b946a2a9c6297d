//! What observing costs:
//! `cargo test --release -p testudo-server figures -- --nocapture --test-threads 1`.
//!
//! Without optimisation a figure means nothing: each is then only tried once.

use std::{hint::black_box, io, time::Instant};

use axum::http::{Method, StatusCode};
use testudo_core::ShieldOutcome;
use testudo_settings::{Environment, LogFormat, LogLevel, LogSettings};
use tracing::dispatcher::with_default;

use super::{
    ids::{Ids, Trace, request_span},
    log::Logger,
    metrics::{Metrics, Sources},
    testing::{Observed, record},
};

const ROUNDS: u32 = if cfg!(debug_assertions) { 1 } else { 1_000_000 };

/// Says how long one round takes, the best of five series.
#[expect(clippy::print_stderr, reason = "figures are for who runs them")]
fn figure(what: &str, mut round: impl FnMut()) {
    let series = (0..5).map(|_| {
        let started = Instant::now();
        for _ in 0..ROUNDS {
            round();
        }
        started.elapsed() / ROUNDS
    });
    eprintln!("{what}: {:?}", series.min().unwrap_or_default());
}

fn logger(format: LogFormat, level: LogLevel) -> Logger {
    let mut settings = LogSettings::default();
    (settings.format, settings.level) = (format, level);
    Logger::new(&settings, Environment::Test, io::sink(), false).unwrap()
}

fn metrics() -> Metrics {
    let open = testudo_core::Stack::<()>::public("it is a figure");
    let router = testudo_core::Router::new().route("/products/{id}", open.get(async || "one"));
    Metrics::for_routes(
        router.access_matrix(),
        "figures",
        None,
        logger(LogFormat::Json, LogLevel::Info).dropped(),
        &Sources::default(),
    )
}

fn ids() -> Ids {
    Ids::named("0190c8a0-7b1e-7c3a-9f00-1234567890ab", Trace { id: 1, span: 2, caller: None })
}

#[test]
fn metrics_of_one_request() {
    let metrics = metrics();
    let duration = std::time::Duration::from_millis(7);
    figure("request: histogram, known route", || {
        metrics.request(
            black_box(&Method::GET),
            black_box(Some("/products/{id}")),
            Some(StatusCode::OK),
            duration,
        );
    });
    figure("request: histogram, unmatched", || {
        metrics.request(black_box(&Method::GET), None, Some(StatusCode::NOT_FOUND), duration);
    });
    let observed = Observed::new(LogFormat::Json);
    figure("request: active gauge, up and down", || drop(observed.observer.begin(black_box(&Method::GET))));
}

#[test]
fn metrics_of_one_shield() {
    let observed = Observed::new(LogFormat::Json);
    let duration = std::time::Duration::from_micros(12);
    let metrics = observed.observer.metrics();
    figure("shield: counter and histogram, known name", || {
        metrics.shield(black_box("First"), ShieldOutcome::Success, black_box(duration));
    });
    figure("shield: counter and histogram, late name", || {
        metrics.shield(black_box("Late"), ShieldOutcome::Success, black_box(duration));
    });
    figure("shield: two looks at the clock", || {
        black_box(black_box(Instant::now()).elapsed());
    });
}

#[test]
fn the_span_of_one_request() {
    for level in [LogLevel::Info, LogLevel::Warn] {
        let logger = logger(LogFormat::Json, level);
        let ids = ids();
        with_default(&logger.dispatch(), || {
            figure(&format!("span: made and dropped, level {}", level.as_str()), || {
                drop(black_box(request_span(&ids)));
            });
            figure("span: of nothing, for comparison", || {
                drop(black_box(tracing::error_span!(parent: None, "nothing")));
            });
            let span = request_span(&ids);
            figure("span: entered and left", || drop(black_box(span.enter())));
            figure("event: debug, which is not written", || tracing::debug!(n = 7, "quiet"));
        });
    }
}

#[tokio::test]
async fn lines() {
    for format in [LogFormat::Json, LogFormat::Text] {
        let observed = Observed::new(format);
        let shields = observed.shields(None).await;
        let ids = ids();
        let logger = logger(format, LogLevel::Info);
        let record = record(&ids, &shields);
        figure(&format!("line of a request, two shields, {format:?}"), || record.write(&logger));
        with_default(&logger.dispatch(), || {
            let _entered = request_span(&ids).entered();
            figure(&format!("event with two fields in a span, {format:?}"), || {
                tracing::info!(n = 7, name = "x", "something happened");
            });
        });
        assert!(logger.flush(std::time::Duration::from_secs(20)));
    }
}
