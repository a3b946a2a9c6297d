//! SIGHUP: what may change is taken over, and nobody is disconnected.

use crate::fixture::Service;

const ORIGIN: (&str, &str) = ("Origin", "https://shop.example.com");

#[test]
fn hosts_cors_headers_and_the_log_change_without_dropping_a_connection() {
    let service = Service::start("hosts.allowed = [\"localhost\"]\n");
    let mut client = service.connect();
    let mut streaming = service.connect();
    streaming.request("GET", "/events", &[], b"");
    let before = client.call("GET", "/", &[("Host", "new.example")], b"");
    assert_eq!(before.status, 421);
    let before = client.call("GET", "/", &[ORIGIN], b"");
    assert_eq!(before.field("access-control-allow-origin"), None);

    service.configure(
        r#"
hosts.allowed = ["new.example"]
cors.origins = ["https://shop.example.com"]
headers.content_security_policy = "default-src 'self'"
log.level = "debug"
"#,
    );
    let said = service.reload();
    assert_eq!(said["changed"], "cors.origins, headers.content_security_policy, hosts.allowed, log.level");

    // The same connection, the next request.
    let after = client.call("GET", "/", &[("Host", "new.example"), ORIGIN], b"");
    assert_eq!(after.status, 200);
    assert_eq!(after.field("access-control-allow-origin"), Some(ORIGIN.1));
    assert_eq!(after.field("content-security-policy"), Some("default-src 'self'"));
    assert_eq!(client.get("/").status, 421);
    assert_eq!(service.ask("/log-level").text(), "debug\n");
    assert!(service.ask("/config").text().contains("new.example"));
    assert_eq!(streaming.response().unwrap().status, 200);
}

#[test]
fn a_request_that_is_under_way_is_not_disturbed() {
    let service = Service::start("hosts.allowed = [\"localhost\"]\n");
    let mut client = service.connect();
    client.request("GET", "/delay/500", &[], b"");
    service.log.wait("the request is under way", |line| line["message"] == "delayed");
    service.configure("hosts.allowed = [\"new.example\"]\n");
    service.reload();
    assert_eq!(client.response().unwrap().text(), "late");
    assert_eq!(client.get("/").status, 421, "the next request on the same connection");
}

#[test]
fn a_broken_file_changes_nothing_and_says_what_is_wrong() {
    let service = Service::start("hosts.allowed = [\"localhost\"]\n");
    let mut client = service.connect();
    for (name, config, expected) in [
        ("no TOML", "hosts.allowed = [\n", "testudo.toml"),
        ("unknown key", "hosts.alowed = [\"new.example\"]\n", "hosts.alowed"),
        ("wrong type", "hosts.allowed = 7\n", "hosts.allowed"),
        ("wrong value", "hosts.allowed = [\"https://new.example/\"]\n", "https://new.example/"),
        ("against the rules", "cors.origins = [\"*\"]\ncors.credentials = true\n", "cors.credentials"),
        ("a policy that is none", "headers.content_security_policy = \"a\\nb\"\n", "content_security_policy"),
        ("good beside bad", "hosts.allowed = [\"new.example\"]\nlog.level = \"loud\"\n", "log.level"),
    ] {
        service.configure(config);
        let said = service.reload();
        assert_eq!(said["message"], "the configuration stays as it was", "{name}: {said}");
        assert_eq!(said["level"], "ERROR", "{name}");
        assert!(said.to_string().contains(expected), "{name}: {said}");
        assert_eq!(client.get("/").status, 200, "{name}");
    }
    service.configure("hosts.allowed = [\"new.example\"]\n");
    assert_eq!(service.reload()["message"], "the configuration was read again");
    assert_eq!(client.get("/").status, 421);
}

#[test]
fn a_key_that_is_fixed_is_reported_and_changes_nothing() {
    let service = Service::start("server.max_body_size = \"1KiB\"\n");
    service.configure("server.max_body_size = \"1MiB\"\napp.takes_ms = 1\n");
    service.reload();
    let said =
        service.log.wait("the keys", |line| line["message"] == "these keys have changed, and need a restart");
    assert_eq!(said["keys"], "app.takes_ms, server.max_body_size");
    let response = service.connect().call("POST", "/read", &[], &[b'x'; 2_048]);
    assert_eq!(response.status, 413);
}

#[test]
fn many_reloads_under_load_lose_no_request() {
    let service = Service::start("");
    let service = &service;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = service.connect();
                    (0..300).all(|_| client.get("/").status == 200)
                })
            })
            .collect();
        for round in 0..10 {
            service.configure(&format!("cors.max_age = \"{}s\"\n", round + 1));
            assert_eq!(service.reload()["message"], "the configuration was read again");
        }
        assert!(clients.into_iter().all(|client| client.join().unwrap()));
    });
}

#[test]
fn a_file_that_is_never_there_to_be_read_does_not_keep_the_service_from_stopping() {
    let mut service = Service::start("server.workers = 1\n");
    service.configure_never();
    for _ in 0..3 {
        service.signal("HUP");
    }
    assert_eq!(service.get("/").status, 200);
    service.signal("TERM");
    assert_eq!(service.exit_code(), 0);
}
