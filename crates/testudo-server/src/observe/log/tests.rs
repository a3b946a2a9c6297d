use std::{
    fmt,
    time::{Duration, SystemTime},
};

use serde_json::json;
use tracing::{Instrument, dispatcher::with_default, instrument::WithSubscriber};

use super::{testing::Captured, *};
use crate::observe::ids::{Ids, Trace, request_span};

const LONG: Duration = Duration::from_secs(20);

fn logger(level: LogLevel, format: LogFormat) -> (Logger, Captured) {
    let captured = Captured::default();
    let mut settings = LogSettings::default();
    settings.level = level;
    settings.format = format;
    let logger = Logger::new(&settings, Environment::Test, captured.clone(), false).unwrap();
    (logger, captured)
}

fn ids(name: &str) -> Ids {
    Ids::named(name, Trace::default())
}

#[test]
fn an_event_is_a_line_with_all_its_fields() {
    let (logger, captured) = logger(LogLevel::Info, LogFormat::Json);
    with_default(&logger.dispatch(), || {
        let cause = std::io::Error::other(fmt::Error);
        tracing::warn!(
            target: "shop",
            text = "a \"b\"",
            count = 7,
            negative = -7,
            ratio = 0.25,
            none = f64::NAN,
            huge = u128::MAX,
            yes = true,
            http.route = "/{id}",
            shown = %Duration::from_secs(1).as_secs(),
            listed = ?["a", "b"],
            error = &cause as &(dyn std::error::Error + 'static),
            level = "forged",
            "stock is {}",
            "low"
        );
    });
    assert!(logger.flush(LONG));
    let mut line = captured.objects().remove(0);
    let timestamp = line.as_object_mut().unwrap().remove("timestamp").unwrap();
    assert!(humantime::parse_rfc3339(timestamp.as_str().unwrap()).unwrap() <= SystemTime::now());
    assert_eq!(
        line,
        json!({
            "level": "WARN", "target": "shop", "message": "stock is low", "text": "a \"b\"", "count": 7,
            "negative": -7, "ratio": 0.25, "none": "NaN", "huge": u128::MAX.to_string(), "yes": true,
            "http.route": "/{id}", "shown": "1", "listed": "[\"a\", \"b\"]", "field.level": "forged",
            "error": "an error occurred when formatting an argument",
        })
    );
}

#[test]
fn an_error_is_written_with_its_causes() {
    #[derive(Debug)]
    struct Outer(fmt::Error);
    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("no stock")
        }
    }
    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }
    let (logger, captured) = logger(LogLevel::Info, LogFormat::Json);
    with_default(&logger.dispatch(), || {
        let error: &(dyn std::error::Error + 'static) = &Outer(fmt::Error);
        tracing::error!(error);
    });
    assert!(logger.flush(LONG));
    let line = captured.objects().remove(0);
    assert_eq!(line["error"], "no stock: an error occurred when formatting an argument");
    assert_eq!(line.get("message"), None);
}

#[test]
fn whatever_is_logged_one_event_stays_one_line() {
    const HOSTILE: [&str; 9] = [
        "a\r\nb",
        "\u{1b}[2J\u{1b}[31mred",
        "\",\"level\":\"ERROR\",\"x\":\"",
        "\0",
        "a\u{2028}b\u{2029}c\u{85}d",
        "\u{9b}2J",
        "\u{202e}desrever",
        "\\",
        "{}%s",
    ];
    for format in [LogFormat::Json, LogFormat::Text] {
        let (logger, captured) = logger(LogLevel::Info, format);
        with_default(&logger.dispatch(), || {
            for hostile in HOSTILE {
                tracing::info!(field = hostile, shown = %hostile, debugged = ?hostile, "message {hostile}");
            }
        });
        assert!(logger.flush(LONG));
        let lines = captured.lines();
        assert_eq!(lines.len(), HOSTILE.len(), "{lines:#?}");
        for (line, hostile) in lines.iter().zip(HOSTILE) {
            assert!(
                !line.contains(|c: char| c.is_control() || "\u{2028}\u{2029}\u{202e}".contains(c)),
                "{line:?}"
            );
            if format == LogFormat::Json {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                assert_eq!(line["field"], hostile);
                assert_eq!(line["shown"], hostile);
                assert_eq!(line["message"], format!("message {hostile}"));
                assert_eq!(line["level"], "INFO");
            }
        }
    }
}

#[test]
fn a_very_long_field_is_cut_and_marked() {
    let (logger, captured) = logger(LogLevel::Info, LogFormat::Json);
    let long = "x".repeat(100_000);
    with_default(&logger.dispatch(), || tracing::info!(field = long, debugged = ?vec![7; 100_000], "{long}"));
    assert!(logger.flush(LONG));
    let line = captured.objects().remove(0);
    for field in ["message", "field", "debugged"] {
        let value = line[field].as_str().unwrap();
        assert_eq!(value.len(), escape::VALUE_MAX_BYTES + escape::CUT.len(), "{field}");
        assert!(value.ends_with(escape::CUT), "{field}");
    }
}

#[test]
fn a_value_that_logs_while_it_is_logged_disturbs_nobody() {
    struct Chatty(Logger);
    impl fmt::Display for Chatty {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // Past tracing, which lets a scoped log hear nothing while it is at work; a global one hears it.
            self.0.write(None, |out, _, _| out.extend_from_slice(b"{\"message\":\"inner\"}\n"));
            f.write_str("outer")
        }
    }
    let (logger, captured) = logger(LogLevel::Info, LogFormat::Json);
    with_default(&logger.dispatch(), || tracing::info!(chatty = %Chatty(logger.clone()), "said"));
    assert!(logger.flush(LONG));
    let lines = captured.objects();
    assert_eq!((&lines[0]["message"], &lines[1]["message"]), (&json!("inner"), &json!("said")));
    assert_eq!(lines[1]["chatty"], "outer");
}

#[test]
fn the_level_can_be_changed_while_the_service_runs() {
    fn say_both() {
        tracing::info!("info");
        tracing::debug!("debug");
    }
    let (logger, captured) = logger(LogLevel::Info, LogFormat::Json);
    with_default(&logger.dispatch(), || {
        say_both();
        logger.set_level(LogLevel::Debug);
        assert_eq!(logger.level(), LogLevel::Debug);
        say_both();
        logger.set_level(LogLevel::Error);
        say_both();
    });
    assert!(logger.flush(LONG));
    let said: Vec<_> = captured.objects().iter().map(|line| line["message"].clone()).collect();
    assert_eq!(said, ["info", "info", "debug"]);
}

#[test]
fn ids_are_there_whatever_the_level_and_inside_spans_of_the_users_own() {
    let (logger, captured) = logger(LogLevel::Error, LogFormat::Json);
    let ids = Ids::named("r-1", Trace { id: 0xfeed, span: 0xf, caller: None });
    with_default(&logger.dispatch(), || {
        request_span(&ids).in_scope(|| {
            tracing::error_span!("query", table = "products").in_scope(|| tracing::error!("broken"));
        });
        tracing::error!("outside");
    });
    assert!(logger.flush(LONG));
    let lines = captured.objects();
    assert_eq!(lines[0]["request_id"], "r-1");
    assert_eq!(lines[0]["trace_id"], "0000000000000000000000000000feed");
    assert_eq!(lines[0]["span_id"], "000000000000000f");
    assert_eq!(lines[1].get("request_id"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_of_100_requests_at_once_are_never_mixed() {
    const TASKS: usize = 100;
    const EVENTS: usize = 50;
    let (logger, captured) = logger(LogLevel::Info, LogFormat::Json);
    let request = |task: usize| {
        let work = async move {
            for event in 0..EVENTS {
                tracing::info!(task, event, "in the request");
                tokio::task::yield_now().await;
                let spawned = async move { tracing::info!(task, event, "in a task") };
                tokio::spawn(spawned.in_current_span().with_current_subscriber()).await.unwrap();
            }
        };
        let span = request_span(&ids(&format!("r-{task}")));
        work.instrument(span).with_current_subscriber()
    };
    let tasks: Vec<_> =
        with_default(&logger.dispatch(), || (0..TASKS).map(|task| tokio::spawn(request(task))).collect());
    for task in tasks {
        task.await.unwrap();
    }
    assert!(logger.flush(LONG));
    let lines = captured.objects();
    assert_eq!(lines.len(), TASKS * EVENTS * 2);
    for line in &lines {
        assert_eq!(line["request_id"], format!("r-{}", line["task"]), "{line}");
    }
    assert_eq!(logger.dropped().get(), 0);
}

#[test]
fn the_form_follows_the_setting_the_environment_and_the_terminal() {
    use Environment::{Development, Production};
    for (format, environment, has_colours, expected) in [
        (LogFormat::Auto, Development, true, Form::Coloured),
        (LogFormat::Auto, Development, false, Form::Text),
        (LogFormat::Auto, Production, true, Form::Json),
        (LogFormat::Json, Development, true, Form::Json),
        (LogFormat::Text, Production, false, Form::Text),
    ] {
        assert_eq!(form(format, environment, has_colours), expected, "{format:?} in {environment}");
    }
}

#[test]
fn new_settings_are_taken_over_while_the_service_runs() {
    let (logger, captured) = logger(LogLevel::Info, LogFormat::Json);
    let mut settings = LogSettings::default();
    settings.level = LogLevel::Debug;
    settings.format = LogFormat::Text;
    with_default(&logger.dispatch(), || {
        logger.reload(&settings);
        tracing::debug!(target: "shop", "for people");
    });
    assert!(logger.flush(LONG));
    assert!(captured.lines()[0].ends_with(" DEBUG shop: for people"), "{:?}", captured.lines());
}
