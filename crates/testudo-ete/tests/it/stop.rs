//! How the service stops, and what its exit code says.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use crate::fixture::{Http2, Service, Setup, WebSocket};

/// Far less than the budget of a test that expects to be cut short.
const SOON: Duration = Duration::from_secs(15);

fn is_stopping(service: &Service) {
    service.log.wait("it stops", |line| line["message"] == "told to stop; still accepting");
}

fn is_closing(service: &Service) {
    service.log.wait("it closes", |line| line["message"] == "no longer accepting");
}

#[test]
fn readiness_says_so_at_once_while_requests_are_still_served() {
    let mut service = Service::start("shutdown.drain_delay = \"4s\"\n");
    assert_eq!(service.get("/readiness").status, 200);
    let mut kept = service.connect();
    assert_eq!(kept.get("/").field("connection"), None);
    service.signal("TERM");
    is_stopping(&service);
    let readiness = service.get("/readiness");
    assert_eq!((readiness.status, &readiness.json()["detail"]), (503, &"the service is stopping".into()));
    assert!(readiness.field("retry-after").is_some());
    assert_eq!(service.ask("/readiness").status, 503);
    assert_eq!(service.get("/health").status, 200);
    // Also on a new connection, and on one from before; both are asked to reconnect elsewhere.
    for response in [service.get("/"), kept.get("/")] {
        assert_eq!((response.status, response.field("connection")), (200, Some("close")));
    }
    assert_eq!(service.exit_code(), 0);
    assert!(TcpStream::connect(service.public).is_err(), "the port is free");
}

#[test]
fn requests_in_flight_are_finished() {
    let mut service = Service::start("");
    let mut one = service.connect();
    one.request("GET", "/delay/800", &[], b"");
    let address = service.public;
    let two = std::thread::spawn(move || Http2::connect(address).get("/delay/800"));
    service.log.wait_for("both are under way", 2, |line| line["message"] == "delayed");
    service.signal("TERM");
    is_closing(&service);
    let response = one.response().unwrap();
    assert_eq!((response.text().as_str(), response.field("connection")), ("late", Some("close")));
    assert_eq!(two.join().unwrap().text(), "late");
    assert_eq!(service.exit_code(), 0);
    assert_eq!(service.log.lines().iter().filter(|line| line["url.path"] == "/delay/800").count(), 2);
}

#[test]
fn a_request_that_does_not_finish_is_cut_off_and_told() {
    let mut service = Service::start("shutdown.budget = \"300ms\"\n");
    let mut client = service.connect();
    client.request("GET", "/hang", &[("x-request-id", "cut")], b"");
    service.log.wait("it hangs", |line| line["message"] == "hanging");
    service.signal("TERM");
    assert_eq!(service.exit_code(), 3);
    assert!(client.response().is_err(), "there is no response");
    let told = service.log.wait_for("it is told", 1, |line| line["message"] == "requests were cut off");
    assert_eq!(told[0]["left"], 1);
    assert_eq!(service.log.access("cut")["outcome"], "aborted", "its line is not lost");
}

#[test]
fn a_second_signal_takes_the_time_away() {
    for first in ["TERM", "INT"] {
        let mut service = Service::start("shutdown.budget = \"25s\"\n");
        let mut client = service.connect();
        client.request("GET", "/hang", &[], b"");
        service.log.wait("it hangs", |line| line["message"] == "hanging");
        service.signal(first);
        is_closing(&service);
        let begin = Instant::now();
        service.signal("TERM");
        assert_eq!(service.exit_code(), 3, "{first}");
        assert!(begin.elapsed() < SOON, "{first}: {:?}", begin.elapsed());
    }
}

#[test]
fn a_second_signal_also_ends_the_delay_before() {
    let mut service = Service::start("shutdown.drain_delay = \"20s\"\nshutdown.budget = \"5s\"\n");
    service.signal("TERM");
    is_stopping(&service);
    let begin = Instant::now();
    service.signal("TERM");
    assert_eq!(service.exit_code(), 0, "nothing was in flight");
    assert!(begin.elapsed() < SOON);
}

#[test]
fn a_web_socket_hears_goodbye() {
    let mut service = Service::start("");
    let mut socket = WebSocket::open(&service);
    socket.say("hello");
    assert_eq!(socket.text(), "hello");
    service.signal("TERM");
    assert_eq!(socket.closed(), (1_001, "the service stops".to_owned()));
    socket.close();
    assert_eq!(service.exit_code(), 0);
}

#[test]
fn who_sends_nothing_or_half_a_header_is_not_cut_off() {
    let mut service = Service::start("shutdown.budget = \"1500ms\"\n");
    let mut idle = service.connect();
    assert_eq!(idle.get("/").status, 200);
    let fresh = service.connect();
    let mut half = service.connect();
    half.send("GET / HTTP/1.1\r\nHost: loc");
    let mut http2 = Http2::connect(service.public);
    assert_eq!(http2.get("/").status, 200);
    service.signal("TERM");
    assert_eq!(service.exit_code(), 0, "{:#?}", service.log.text());
    drop((fresh, idle, half));
}

#[test]
fn half_a_header_that_is_finished_in_time_is_answered() {
    let mut service = Service::start("shutdown.budget = \"10s\"\n");
    let mut half = service.connect();
    half.send("GET / HTTP/1.1\r\nHost: loc");
    // The service has accepted it once it has answered somebody who came later.
    assert_eq!(service.get("/").status, 200);
    service.signal("TERM");
    is_closing(&service);
    half.send("alhost\r\n\r\n");
    assert_eq!(half.response().unwrap().status, 200);
    assert_eq!(service.exit_code(), 0);
}

#[test]
fn a_signal_during_a_slow_start_ends_it() {
    for signal in ["INT", "TERM"] {
        let mut service = Setup::new("app.hangs = true\n").spawn();
        service.speaks_to_people();
        service.log.wait("the start hangs", |line| line["message"] == "never ready");
        service.signal("HUP");
        service.signal(signal);
        assert_eq!(service.exit_code(), 1, "{signal}");
        let said = service.log.text();
        assert!(said.last().unwrap().contains("stopped before it was ready"), "{said:?}");
    }
}

#[test]
fn an_event_stream_is_cut_off_by_the_budget_alone() {
    let mut service = Service::start("shutdown.budget = \"10s\"\n");
    let mut client = service.connect();
    client.request("GET", "/events", &[], b"");
    assert_eq!(client.response().unwrap().status, 200);
    service.signal("TERM");
    assert_eq!(service.exit_code(), 0, "it had ended by itself");
}

#[test]
fn a_start_that_panics_is_told_and_is_no_success() {
    let output = Setup::new("app.panics = true\n").run(&[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("a bug of the start") && said.contains("settings.rs"), "{said}");
    assert!(said.ends_with("error: a panic ended the program: the log says where\n"), "{said}");
}
