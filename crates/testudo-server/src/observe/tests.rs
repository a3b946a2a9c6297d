use std::{collections::HashMap, sync::Arc};

use axum::http::{Method, StatusCode};
use serde_json::json;
use testudo_settings::{LogFormat, LogLevel, LogSettings};
use tracing::{Instrument, dispatcher::with_default, instrument::WithSubscriber};

use super::{
    access::Outcome,
    ids::{Ids, Trace, request_span},
    testing::{HOSTILE_NAME, LONG, Observed, record},
};

fn ids(name: &str) -> Ids {
    Ids::named(name, Trace::default())
}

#[tokio::test]
async fn the_line_of_a_request_holds_everything_by_name() {
    let observed = Observed::new(LogFormat::Json);
    let shields = observed.shields(Some(HOSTILE_NAME)).await;
    let ids = Ids::named("r-1", Trace { id: 0xfeed, span: 0xf, caller: None });
    observed.observer.finish(&record(&ids, &shields));
    assert!(observed.observer.logger().flush(LONG));

    let mut line = observed.captured.objects().remove(0);
    assert!(line.as_object_mut().unwrap().remove("timestamp").is_some());
    for shield in line["shields"].as_array_mut().unwrap() {
        assert!(shield.as_object_mut().unwrap().remove("duration_us").unwrap().is_f64());
    }
    assert_eq!(
        line,
        json!({
            "level": "INFO", "target": "testudo::access", "message": "request", "request_id": "r-1",
            "trace_id": "0000000000000000000000000000feed", "span_id": "000000000000000f",
            "http.request.method": "GET", "http.route": "/products/{id}", "url.path": "/products/7",
            "http.response.status_code": 200, "duration_ms": 1.234, "http.request.body.size": 0,
            "http.response.body.size": 89, "network.protocol.version": "1.1", "client.address": "192.0.2.7",
            "server.address": "shop.example", "user_agent.original": "curl/8.0", "outcome": "complete",
            "shields": [
                { "name": "First", "outcome": "success" },
                { "name": HOSTILE_NAME, "outcome": "blocked" },
            ],
        })
    );
}

#[tokio::test]
async fn people_get_the_same_on_one_line_they_can_read() {
    let observed = Observed::new(LogFormat::Text);
    let shields = observed.shields(Some("First")).await;
    let ids = ids("r-1");
    observed.observer.finish(&record(&ids, &shields));
    let error = Some("timeout");
    let outcome = Outcome::Timeout;
    let status = Some(StatusCode::GATEWAY_TIMEOUT);
    observed.observer.finish(&super::access::AccessRecord { status, outcome, error, ..record(&ids, &[]) });
    assert!(observed.observer.logger().flush(LONG));
    let lines = observed.captured.lines();
    assert!(
        lines[0].ends_with(
            "  INFO testudo::access: GET /products/7 200 1.234ms shields=\"First\":blocked \
             client.address=192.0.2.7 request_id=r-1"
        ),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].ends_with(
            "  WARN testudo::access: GET /products/7 504 1.234ms outcome=timeout error=\"timeout\" \
             client.address=192.0.2.7 request_id=r-1"
        ),
        "{}",
        lines[1]
    );
}

#[test]
fn what_is_not_known_is_absent_and_a_failure_is_a_warning_with_its_kind() {
    let observed = Observed::new(LogFormat::Json);
    let ids = ids("r-1");
    let mut of = record(&ids, &[]);
    of.error = Some("never written below 500");
    observed.observer.finish(&of);
    of.status = Some(StatusCode::SERVICE_UNAVAILABLE);
    of.error = Some("unavailable");
    observed.observer.finish(&of);
    (of.status, of.route, of.client, of.host, of.user_agent) = (None, None, None, None, None);
    of.outcome = Outcome::Aborted;
    observed.observer.finish(&of);
    assert!(observed.observer.logger().flush(LONG));

    let lines = observed.captured.objects();
    assert_eq!((&lines[0]["level"], lines[0].get("error")), (&json!("INFO"), None));
    assert_eq!((&lines[1]["level"], &lines[1]["error"]), (&json!("WARN"), &json!("unavailable")));
    assert_eq!((&lines[2]["level"], &lines[2]["outcome"]), (&json!("INFO"), &json!("aborted")));
    for absent in [
        "http.response.status_code",
        "http.route",
        "client.address",
        "server.address",
        "user_agent.original",
        "trace_id",
        "error",
    ] {
        assert_eq!(lines[2].get(absent), None, "{absent}");
    }
}

#[test]
fn what_a_client_sends_stays_inside_its_line() {
    for format in [LogFormat::Json, LogFormat::Text] {
        let observed = Observed::new(format);
        let ids = ids("r-1");
        let long = "x".repeat(100_000);
        let hostile: [&[u8]; 8] = [
            b"a\r\nb",
            b"\x1b[2J",
            b"\",\"level\":\"ERROR",
            b"\0",
            "\u{2028}\u{2029}\u{85}".as_bytes(),
            b"\xff\xfe\x80",
            b"\\",
            long.as_bytes(),
        ];
        for bytes in hostile {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let mut of = record(&ids, &[]);
            (of.path, of.route, of.host) = (&text, Some(text.as_str()), Some(text.as_str()));
            of.user_agent = Some(bytes);
            (of.status, of.error) = (Some(StatusCode::INTERNAL_SERVER_ERROR), Some(text.as_str()));
            observed.observer.finish(&of);
        }
        assert!(observed.observer.logger().flush(LONG));
        let lines = observed.captured.lines();
        assert_eq!(lines.len(), hostile.len());
        for line in &lines {
            assert!(line.len() < 40_000);
            let is_unsafe = |c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}';
            assert!(!line.contains(is_unsafe), "{line:?}");
        }
        if format == LogFormat::Json {
            let parsed = observed.captured.objects();
            assert_eq!(parsed[2]["user_agent.original"], "\",\"level\":\"ERROR");
            assert_eq!(parsed[5]["user_agent.original"], "\u{fffd}\u{fffd}\u{fffd}");
            let agent = parsed[7]["user_agent.original"].as_str().unwrap();
            assert_eq!(agent.len(), 512 + "...[truncated]".len());
        }
    }
}

#[test]
fn access_lines_follow_their_setting_and_the_level() {
    let observed = Observed::new(LogFormat::Json);
    let ids = ids("r-1");
    let mut settings = LogSettings::default();
    let mut finish = |access: bool, level: LogLevel, status: StatusCode| {
        settings.format = LogFormat::Json;
        (settings.access, settings.level) = (access, level);
        observed.observer.reload(&settings);
        let mut of = record(&ids, &[]);
        of.status = Some(status);
        observed.observer.finish(&of);
    };
    finish(false, LogLevel::Info, StatusCode::BAD_GATEWAY);
    finish(true, LogLevel::Warn, StatusCode::OK);
    finish(true, LogLevel::Warn, StatusCode::INTERNAL_SERVER_ERROR);
    finish(true, LogLevel::Info, StatusCode::CREATED);
    assert!(observed.observer.logger().flush(LONG));
    let statuses: Vec<_> = observed
        .captured
        .objects()
        .iter()
        .map(|line| line["http.response.status_code"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [500, 201]);
}

#[test]
fn a_request_is_active_until_its_guard_is_gone() {
    const GET: &str = "http_server_active_requests{http_request_method=\"GET\"}";
    let observed = Observed::new(LogFormat::Json);
    let first = observed.observer.begin(&Method::GET);
    let second = observed.observer.begin(&Method::GET);
    assert_eq!(observed.samples()[GET], "2");
    drop(first);
    assert_eq!(observed.samples()[GET], "1");
    drop(second);
    assert_eq!(observed.samples()[GET], "0");
}

/// One request: its shields, an event of its own, one of a task it spawns, its line.
async fn request(observed: Arc<Observed>, task: usize, n: usize) {
    let ids = ids(&format!("r-{task}-{n}"));
    let span = request_span(&ids);
    let work = async {
        let in_flight = observed.observer.begin(&Method::GET);
        tracing::info!(task, n, "working");
        tokio::task::yield_now().await;
        let shield = [None, Some("First"), Some(HOSTILE_NAME)][n % 3];
        let path = if n.is_multiple_of(2) { "/products/7" } else { "/products" };
        let (response, shields) = observed.send(path, shield).await;
        let spawned = async move { tracing::info!(task, n, "in a task") };
        tokio::spawn(spawned.in_current_span().with_current_subscriber()).await.unwrap();
        let mut of = record(&ids, &shields);
        of.route = Some(if n.is_multiple_of(2) { "/products/{id}" } else { "/products" });
        of.status = Some(response.status());
        observed.observer.finish(&of);
        drop(in_flight);
    };
    work.instrument(span).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_10_000_requests_at_once_no_line_is_lost_or_mixed_up_and_the_sums_agree() {
    const TASKS: usize = 100;
    const EACH: usize = 100;
    let observed = Arc::new(Observed::new(LogFormat::Json));
    let mut settings = LogSettings::default();
    settings.format = LogFormat::Json;
    settings.queue = 100_000;
    observed.observer.reload(&settings);

    let tasks: Vec<_> = with_default(&observed.observer.logger().dispatch(), || {
        let requests = |task| {
            let observed = Arc::clone(&observed);
            async move {
                for n in 0..EACH {
                    request(Arc::clone(&observed), task, n).await;
                }
            }
        };
        (0..TASKS).map(|task| tokio::spawn(requests(task).with_current_subscriber())).collect()
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert!(observed.observer.logger().flush(LONG));

    let lines = observed.captured.objects();
    assert_eq!(lines.len(), TASKS * EACH * 3);
    let mut expected: HashMap<String, u32> = HashMap::new();
    for line in lines {
        if line["message"] != "request" {
            assert_eq!(line["request_id"], format!("r-{}-{}", line["task"], line["n"]), "{line}");
            continue;
        }
        let (route, status) = (&line["http.route"], &line["http.response.status_code"]);
        let series = format!(
            "http_server_request_duration_seconds_count{{http_request_method=\"GET\",http_route={route},\
             http_response_status_code=\"{status}\"}}"
        );
        *expected.entry(series).or_default() += 1;
        for shield in line["shields"].as_array().unwrap() {
            // The text form of metrics escapes less than JSON: only quotes, backslashes and line feeds.
            let name = shield["name"].as_str().unwrap().replace('\\', "\\\\").replace('"', "\\\"");
            let name = name.replace('\n', "\\n");
            let result = &shield["outcome"];
            let series = format!("shield_validations_total{{shield_name=\"{name}\",result={result}}}");
            *expected.entry(series).or_default() += 1;
            let series = format!("shield_validation_seconds_count{{shield_name=\"{name}\"}}");
            *expected.entry(series).or_default() += 1;
        }
    }
    let samples = observed.samples();
    assert_eq!(expected.len(), 4 + 4 + 2);
    for (series, count) in expected {
        assert_eq!(samples.get(&series), Some(&count.to_string()), "{series}");
    }
    assert_eq!(samples["http_server_active_requests{http_request_method=\"GET\"}"], "0");
    assert_eq!(samples["log_lines_dropped_total"], "0");
}

#[test]
fn metrics_name_the_service_and_its_build() {
    let observed = Observed::new(LogFormat::Json);
    let samples = observed.samples();
    assert_eq!(samples["target_info{service_name=\"catalogue\",service_version=\"1.2.3\"}"], "1");
    let build = format!("build_info{{version=\"1.2.3\",testudo_version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!(samples[&build], "1");
}
