//! Many clients at once: nothing of one request is on the lines or in the response of another.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    cardinality::{sum, value},
    fixture::{Client, Service},
};

const CLIENTS: usize = 100;
const REQUESTS: usize = 100;

/// What a request asks, and what has to come of it.
#[derive(Clone, Copy)]
struct Kind {
    path: &'static str,
    token: Option<&'static str>,
    status: u16,
    shields: &'static [(&'static str, &'static str)],
}

const KINDS: [Kind; 6] = [
    Kind { path: "/guarded", token: Some("ann"), status: 200, shields: &[("API Token", "success")] },
    Kind { path: "/guarded", token: Some("bob"), status: 200, shields: &[("API Token", "success")] },
    Kind { path: "/guarded", token: None, status: 401, shields: &[("API Token", "blocked")] },
    Kind { path: "/limited", token: None, status: 429, shields: &[("Spent", "blocked")] },
    Kind { path: "/broken", token: Some("ann"), status: 503, shields: &[("Broken", "error")] },
    Kind { path: "/nowhere", token: None, status: 404, shields: &[] },
];

fn kind(client: usize, request: usize) -> Kind {
    KINDS[(client + request) % KINDS.len()]
}

fn talk(service: &Service, client: usize) {
    let mut connection: Client = service.connect();
    for request in 0..REQUESTS {
        let Kind { path, token, status, .. } = kind(client, request);
        let id = format!("c{client}-r{request}");
        let token = token.map(|token| ("x-api-token", token));
        let fields: Vec<_> = [("x-request-id", id.as_str())].into_iter().chain(token).collect();
        let response = connection.call("GET", path, &fields, b"");
        assert_eq!((response.status, response.id()), (status, id.as_str()));
        match token {
            Some((_, user)) if status == 200 => assert_eq!(response.text(), format!("{user} {id}")),
            _ => assert_eq!(response.json()["request_id"], id),
        }
    }
}

#[test]
fn of_10_000_interleaved_requests_each_has_its_own_lines_and_all_are_counted() {
    let service = Service::start("log.queue = 100_000\n");
    std::thread::scope(|scope| {
        let service = &service;
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || talk(service, client))).collect();
        for client in clients {
            client.join().unwrap();
        }
    });

    let total = CLIENTS * REQUESTS;
    service.log.wait_for("the access lines", total, |line| line["target"] == "testudo::access");
    let mut by_id: HashMap<String, Vec<Value>> = HashMap::new();
    for line in service.log.lines() {
        if let Some(id) = line["request_id"].as_str() {
            by_id.entry(id.to_owned()).or_default().push(line);
        }
    }
    assert_eq!(by_id.len(), total);
    for client in 0..CLIENTS {
        for request in 0..REQUESTS {
            check(&by_id[&format!("c{client}-r{request}")], kind(client, request));
        }
    }

    let page = service.ask("/metrics").text();
    assert_eq!(sum(&page, "http_server_request_duration_seconds_count", &[]), total);
    for kind in KINDS {
        let expected = (0..CLIENTS)
            .flat_map(|client| (0..REQUESTS).map(move |request| self::kind(client, request)))
            .filter(|other| other.path == kind.path && other.status == kind.status)
            .count();
        let route = if kind.status == 404 { "unmatched" } else { kind.path };
        let labels = [("http_route", route), ("http_response_status_code", &kind.status.to_string())];
        let counted = sum(&page, "http_server_request_duration_seconds_count", &labels);
        assert_eq!(counted, expected, "{} {}", kind.path, kind.status);
        for (shield, result) in kind.shields {
            let labels = [("shield_name", *shield), ("result", *result)];
            assert_eq!(sum(&page, "shield_validations_total", &labels), expected, "{shield} {result}");
        }
    }
    assert_eq!(value(&page, "log_lines_dropped_total"), 0);
}

fn check(lines: &[Value], kind: Kind) {
    let access: Vec<_> = lines.iter().filter(|line| line["target"] == "testudo::access").collect();
    assert_eq!(access.len(), 1, "{lines:#?}");
    let access = access[0];
    assert_eq!(
        (&access["url.path"], &access["http.response.status_code"]),
        (&json!(kind.path), &json!(kind.status))
    );
    let shields = access["shields"].as_array().unwrap().iter();
    let shields: Vec<_> = shields
        .map(|shield| (shield["name"].as_str().unwrap(), shield["outcome"].as_str().unwrap()))
        .collect();
    assert_eq!(shields, kind.shields, "{access}");
    let said: Vec<_> = lines.iter().filter_map(|line| line["user"].as_str()).collect();
    let expected = kind.token.filter(|_| kind.status == 200);
    assert_eq!(said, expected.into_iter().collect::<Vec<_>>(), "{lines:#?}");
    assert!(lines.iter().all(|line| line["trace_id"] == access["trace_id"]));
}
