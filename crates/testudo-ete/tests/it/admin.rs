//! The operators' listener.

use crate::fixture::{Client, Response, Service};

const TOKEN: &str = "9f2c81d04be7a3566e10fb7d2c94a8b5";

const OPEN: [&str; 4] = ["/health", "/readiness", "/startup", "/metrics"];
const CLOSED: [&str; 3] = ["/shields", "/config", "/log-level"];

#[track_caller]
fn ask(service: &Service, path: &str, fields: &[(&str, &str)]) -> Response {
    Client::connect(service.admin).call("GET", path, fields, b"")
}

#[test]
fn on_loopback_only_a_host_of_loopback_is_answered() {
    let service = Service::start("");
    for path in CLOSED {
        for (fields, status) in [
            (&[("Host", "localhost")][..], 200),
            (&[("Host", "127.0.0.1:9000")], 200),
            (&[("Host", "[::1]")], 200),
            (&[("Host", "rebound.example")], 421),
            (&[("Host", "localhost.rebound.example")], 421),
            (&[("Host", "localhost"), ("Host", "rebound.example")], 421),
            (&[("Host", "localhost"), ("Origin", "http://localhost")], 403),
        ] {
            assert_eq!(ask(&service, path, fields).status, status, "{path} with {fields:?}");
        }
    }
    for path in OPEN {
        assert_eq!(ask(&service, path, &[("Host", "10.0.0.7:9000")]).status, 200, "{path}");
    }
}

#[test]
fn off_loopback_only_the_token_opens_more_than_probes_and_metrics() {
    for (config, statuses) in [
        (format!("admin.host = \"0.0.0.0\"\nadmin.token = \"{TOKEN}\"\n"), [401, 401, 200]),
        ("admin.host = \"0.0.0.0\"\n".to_owned(), [403, 403, 403]),
    ] {
        let service = Service::start(&config);
        let (right, wrong) = (format!("Bearer {TOKEN}"), format!("Bearer {TOKEN}0"));
        for path in CLOSED {
            for (fields, status) in [
                (&[][..], statuses[0]),
                (&[("Authorization", wrong.as_str())], statuses[1]),
                (&[("Authorization", right.as_str())], statuses[2]),
            ] {
                let response = ask(&service, path, fields);
                assert_eq!(response.status, status, "{path} with {fields:?}");
                assert!(!response.whole().contains(TOKEN), "{path}");
            }
        }
        for path in OPEN {
            assert_eq!(ask(&service, path, &[("Host", "10.0.0.7:9000")]).status, 200, "{path}");
        }
        let put = Client::connect(service.admin).call("PUT", "/log-level", &[], b"trace");
        assert_eq!(put.status, statuses[0], "the level is not for everybody");
    }
}

#[test]
fn the_level_of_the_log_can_be_changed_while_it_runs() {
    let service = Service::start("");
    let mut operator = Client::connect(service.admin);
    assert_eq!(operator.get("/log-level").text(), "info\n");
    for (word, status) in
        [("loud", 422), ("", 422), ("INFO", 422), ("a word that is far too long", 422), ("warn", 200)]
    {
        assert_eq!(operator.call("PUT", "/log-level", &[], word.as_bytes()).status, status, "{word:?}");
        operator = Client::connect(service.admin);
    }
    assert_eq!(operator.get("/log-level").text(), "warn\n");
    assert_eq!(service.connect().call("GET", "/", &[("x-request-id", "quiet")], b"").status, 200);
    assert_eq!(operator.call("PUT", "/log-level", &[], b"info\n").status, 200);
    assert_eq!(service.connect().call("GET", "/", &[("x-request-id", "loud")], b"").status, 200);
    service.log.access("loud");
    assert!(service.log.lines().iter().all(|line| line["request_id"] != "quiet"));
}

#[test]
fn a_level_that_never_comes_is_not_waited_for() {
    let service = Service::start("");
    let mut operator = Client::connect(service.admin);
    operator.send("PUT /log-level HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nin");
    assert_eq!(operator.response().unwrap().status, 408);
    assert!(operator.rest().is_empty(), "the connection is over");
}

#[test]
fn operators_see_shields_and_configuration_and_nobody_else_does() {
    let service = Service::start(&format!("admin.token = \"{TOKEN}\"\n"));
    assert_eq!(service.get("/guarded").status, 401);
    let shields = service.ask("/shields").json();
    let token =
        shields["shields"].as_array().unwrap().iter().find(|shield| shield["name"] == "API Token").unwrap();
    assert_eq!((&token["blocked"], &token["success"]), (&1.into(), &0.into()));
    let config = service.ask("/config");
    assert!(config.text().contains("[redacted]") && !config.text().contains(TOKEN), "{}", config.text());
    for path in ["/shields", "/config", "/log-level", "/metrics"] {
        assert_eq!(service.get(path).status, 404, "{path} on the public listener");
        let response = Client::connect(service.admin).call("DELETE", path, &[], b"");
        assert_eq!(response.status, 405, "{path}");
        assert!(response.field("allow").is_some(), "{path}");
    }
    assert_eq!(service.ask("/nowhere").status, 404);
}

#[test]
fn an_answer_to_operators_is_careful_too() {
    let service = Service::start("");
    for path in OPEN.into_iter().chain(CLOSED).chain(["/nowhere"]) {
        let response = service.ask(path);
        for (field, value) in crate::fixture::CAREFUL {
            assert_eq!(response.field(field), Some(value), "{path}");
        }
    }
}
