//! Probes are answered whatever else is going on.

use crate::fixture::{Certificate, Client, Http2, Response, Service, Setup, request};

#[track_caller]
fn lives(name: &str, response: &Response) {
    assert_eq!((response.status, response.text().as_str()), (200, r#"{"status":"up"}"#), "{name}");
}

#[test]
fn health_answers_under_any_host_and_without_one() {
    let service = Service::start("hosts.allowed = [\"api.example.com\"]\n");
    assert_eq!(service.get("/").status, 421);
    for host in ["10.244.0.7:8080", "evil.test", "<script>", "", "a b", "localhost:99999"] {
        lives(host, &service.connect().call("GET", "/health", &[("Host", host)], b""));
    }
    for head in [
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /health HTTP/1.0\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET http://evil.test/health HTTP/1.1\r\nHost: evil.test\r\n\r\n",
        "GET /health?verbose HTTP/1.1\r\nHost: a\r\n\r\n",
    ] {
        let mut client = service.connect();
        client.send(head);
        lives(head, &client.response().unwrap());
    }
    let asked = request("GET", "/health", "evil.test", &[], b"");
    lives("HTTP/2", &Http2::connect(service.public).send(asked));
}

#[test]
fn health_answers_with_tls_over_http_1_and_2() {
    let certificate = Certificate::new();
    let config = "server.tls.certificate = \"tls.crt\"\nserver.tls.key = \"tls.key\"\n";
    let service = Setup::new(config).certificate(&certificate).start();
    lives("HTTP/1.1", &Client::secure(service.public, certificate.client()).get("/health"));
    lives("HTTP/2", &Http2::secure(service.public, &certificate.client()).get("/health"));
}

#[test]
fn health_answers_while_there_is_no_room_for_a_request() {
    let service = Service::start(
        "overload.max_concurrency = 1\noverload.max_queue = 1\noverload.max_queue_time = \"50ms\"\n",
    );
    let mut hanging = service.connect();
    hanging.request("GET", "/hang", &[], b"");
    service.log.wait("a request hangs", |line| line["message"] == "hanging");
    for _ in 0..3 {
        let refused = service.get("/");
        assert_eq!(refused.status, 503);
        assert_eq!(refused.field("retry-after"), Some("1"));
        lives("HTTP/1.1", &service.get("/health"));
        lives("HTTP/2", &Http2::connect(service.public).get("/health"));
        lives("the operators' listener", &service.ask("/health"));
    }
    // Its client goes away, and the room is free again.
    drop(hanging);
    service.log.wait("it is given up", |line| line["url.path"] == "/hang");
    assert_eq!(service.get("/").status, 200);
}

#[test]
fn health_answers_when_all_connections_are_taken() {
    let service = Service::start("server.max_connections = 3\n");
    let mut taken: Vec<_> = (0..3).map(|_| service.connect()).collect();
    for client in &mut taken {
        assert_eq!(client.get("/").status, 200);
    }
    for _ in 0..20 {
        lives("a probe", &service.get("/health"));
    }
    let mut refused = service.connect();
    let response = refused.get("/");
    assert_eq!((response.status, response.field("connection")), (503, Some("close")));
    assert_eq!(response.json()["detail"], "the service has as many connections as it can serve");
    drop(taken);
    // Room comes when the service has seen that they are gone.
    let begin = std::time::Instant::now();
    while service.get("/").status != 200 {
        assert!(begin.elapsed() < crate::fixture::PATIENCE, "the room is not free again");
    }
}

#[test]
fn a_probe_is_a_get_or_a_head_and_its_path_is_nobody_elses() {
    let service = Service::start("");
    for (method, path, status) in [
        ("GET", "/health", 200),
        ("HEAD", "/health", 200),
        ("GET", "/startup", 200),
        ("GET", "/readiness", 200),
        ("POST", "/health", 404),
        ("GET", "/health/", 404),
        ("GET", "/Health", 404),
        ("GET", "/metrics", 404),
        ("GET", "/config", 404),
        ("GET", "/shields", 404),
        ("GET", "/log-level", 404),
    ] {
        assert_eq!(service.connect().call(method, path, &[], b"").status, status, "{method} {path}");
    }
}
