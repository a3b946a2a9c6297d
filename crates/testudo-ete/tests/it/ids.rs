//! What a request is called.

use std::collections::HashSet;

use crate::fixture::Service;

#[test]
fn an_id_is_taken_over_only_when_it_is_well_formed_and_is_unique_otherwise() {
    let service = Service::start("");
    let long = "x".repeat(129);
    let longest = "x".repeat(128);
    let mut seen = HashSet::new();
    for (name, given, is_taken) in [
        ("none", vec![], false),
        ("none again", vec![], false),
        ("well-formed", vec!["a-Z_0.9~"], true),
        ("a UUID", vec!["8c9bd3f2-96f1-4b0c-a4c1-41c4c41ae1a5"], true),
        ("the longest", vec![longest.as_str()], true),
        ("too long", vec![long.as_str()], false),
        ("empty", vec![""], false),
        ("two words", vec!["two words"], false),
        ("markup", vec!["<script>"], false),
        ("a quote", vec!["a\"b"], false),
        ("a tab", vec!["a\tb"], false),
        ("an escape", vec!["a\u{1b}[31m"], false),
        ("beyond ASCII", vec!["é"], false),
        ("two fields", vec!["one", "two"], false),
    ] {
        let fields: Vec<_> = given.iter().map(|id| ("X-Request-ID", *id)).collect();
        let mut client = service.connect();
        let response = client.call("GET", "/guarded", &fields, b"");
        if response.status == 400 {
            // What is no field value is no request.
            assert_eq!(name, "an escape");
            continue;
        }
        let id = response.id();
        assert_eq!(given.contains(&id), is_taken, "{name}: {id}");
        assert!(seen.insert(id.to_owned()), "{name}: {id} comes twice");
        assert_eq!(response.json()["request_id"], id, "{name}");
        assert_eq!(service.log.access(id)["http.response.status_code"], 401, "{name}");
    }
}

#[test]
fn the_id_of_a_trace_is_the_id_of_its_request() {
    let service = Service::start("");
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let response = service.connect().call("GET", "/", &[("traceparent", parent)], b"");
    assert_eq!(response.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
    let line = service.log.access(response.id());
    assert_eq!(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_ne!(line["span_id"], "00f067aa0ba902b7", "it is the caller's");
}

#[test]
fn every_line_of_a_request_has_its_id_also_from_a_task_that_was_spawned_and_from_content() {
    let service = Service::start("log.level = \"trace\"\n");
    for (path, expected) in [
        ("/spawned", &["from a task that was spawned", "from the handler", "request"][..]),
        ("/stream", &["from the content", "request"]),
    ] {
        let response = service.get(path);
        let lines = service.log.of(response.id());
        let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
        assert_eq!(messages, expected, "{path}");
        for line in &lines {
            assert_eq!((&line["trace_id"], &line["span_id"]), (&lines[0]["trace_id"], &lines[0]["span_id"]));
        }
    }
}

#[test]
fn a_failure_is_logged_once_with_its_cause_and_the_id() {
    let service = Service::start("");
    for (path, target, cause) in [
        ("/panic", "testudo::panic", "a bug with a secret: hunter2"),
        ("/error", "testudo::problem", "no space on /dev/sda1"),
        ("/unavailable", "testudo::problem", "connection refused by 10.1.2.3"),
        ("/broken", "testudo::problem", "connection refused by 10.1.2.3"),
    ] {
        let response = service.get(path);
        let lines = service.log.of(response.id());
        let causes: Vec<_> = lines.iter().filter(|line| line["target"] != "testudo::access").collect();
        assert_eq!(causes.len(), 1, "{path}: {lines:#?}");
        assert_eq!(causes[0]["target"], target, "{path}");
        assert!(causes[0].to_string().contains(cause), "{path}: {}", causes[0]);
    }
}

/// A panic is a line of the log like any other, wherever it happens.
#[test]
fn a_panic_is_a_line_of_the_log_that_says_where() {
    let service = Service::start("");
    for path in ["/panic", "/stream/broken"] {
        let id = path[1..].replace('/', ".");
        let mut client = service.connect();
        client.request("GET", path, &[("x-request-id", &id), ("Connection", "close")], b"");
        client.rest();
        let line =
            service.log.wait(path, |line| line["target"] == "testudo::panic" && line["request_id"] == id);
        assert_eq!(line["level"], "ERROR");
        assert!(line["code.file.path"].as_str().unwrap().contains("testudo-ete/src"), "{line}");
        assert!(line["code.line.number"].is_u64(), "{line}");
    }
    assert_eq!(service.get("/").status, 200);
}
