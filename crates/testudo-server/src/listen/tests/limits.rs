//! Times and sizes.

use std::time::Instant;

use super::{client::Client, *};

#[tokio::test]
async fn dripped_headers_are_closed_in_time_while_others_are_served() {
    const SLOW: usize = 100;
    let served = Served::start(Limits { header_read_timeout: millis(400), ..limits() }, times(0, 0));
    let begin = Instant::now();
    let slow = (0..SLOW).map(|_| {
        let address = served.address;
        tokio::spawn(async move {
            let mut client = Client::connect(address).await;
            client.send("GET / HTTP/1.1\r\nx: ").await;
            // A byte now and then, for as long as somebody takes it.
            while client.stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(millis(20)).await;
            }
        })
    });
    let slow: Vec<_> = slow.collect();

    let mut good = Client::connect(served.address).await;
    while begin.elapsed() < millis(400) {
        assert!(good.get("/good").await.ends_with("/good"));
    }
    for client in slow {
        within(client).await.unwrap();
    }
    assert_eq!(served.counters.timed_out(TimedOut::Header), SLOW as u64);
    assert!(begin.elapsed() < millis(4_000), "{:?}", begin.elapsed());
    eventually("the good one alone is open", || served.counters.open() == 1).await;
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    for http2 in [true, false] {
        let served =
            Served::start(Limits { first_byte_timeout: millis(100), http2, ..limits() }, times(0, 0));
        let mut client = Client::connect(served.address).await;
        assert_eq!(client.rest().await, "");
        assert_eq!(served.counters.timed_out(TimedOut::FirstByte), 1, "http2: {http2}");
    }
}

#[tokio::test]
async fn an_idle_connection_has_its_own_time_and_not_that_of_a_header() {
    let short = Limits { header_read_timeout: millis(100), keep_alive_timeout: millis(500), ..limits() };
    let served = Served::start(short, times(0, 0));
    let mut client = Client::connect(served.address).await;
    client.get("/first").await;
    let begin = Instant::now();
    assert_eq!(client.rest().await, "");
    assert!(begin.elapsed() >= millis(490), "{:?}", begin.elapsed());
    assert_eq!(served.counters.timed_out(TimedOut::KeepAlive), 1);
    assert_eq!(served.counters.timed_out(TimedOut::Header), 0);
}

#[tokio::test]
async fn a_header_without_end_is_431_and_the_end_of_its_connection() {
    let served = Served::start(limits(), times(0, 0));
    let mut client = Client::connect(served.address).await;
    client.send("GET / HTTP/1.1\r\nhost: test\r\nx: ").await;
    let (mut reading, mut writing) = client.stream.split();
    let endless = async { while writing.write_all(&[b'x'; 1_024]).await.is_ok() {} };
    let mut answer = Vec::new();
    let answered = async {
        while !answer.ends_with(b"\r\n\r\n") {
            assert_ne!(reading.read_buf(&mut answer).await.unwrap(), 0);
        }
        // And then the end, however the system says it.
        while reading.read_buf(&mut answer).await.is_ok_and(|read| read > 0) {}
    };
    within(async { tokio::join!(endless, answered) }).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
}

#[tokio::test]
async fn headers_are_limited_in_size_and_number() {
    let small = Limits { max_header_size: 16 * 1_024, max_header_fields: 20, ..limits() };
    let served = Served::start(small, times(0, 0));
    let field = |size: usize| format!("x: {}\r\n", "y".repeat(size));
    for (name, fields, expected) in [
        ("few and small", field(10), "200"),
        ("as large as may be", field(16 * 1_024 - 35), "200"),
        ("too large", field(16 * 1_024 - 34), "431"),
        ("as many as may be", field(1).repeat(19), "200"),
        ("too many", field(1).repeat(20), "431"),
    ] {
        let mut client = Client::connect(served.address).await;
        client.send(&format!("GET / HTTP/1.1\r\nhost: test\r\n{fields}\r\n")).await;
        let response = client.response().await;
        assert!(response.starts_with(&format!("HTTP/1.1 {expected}")), "{name}: {response}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up() {
    let served = Served::start(Limits { write_stall_timeout: millis(200), ..limits() }, times(0, 0));
    let mut client = Client::connect(served.address).await;
    client.ask("/endless").await;
    eventually("closed", || served.counters.accepted() == 1 && served.counters.open() == 0).await;
    assert_eq!(served.counters.timed_out(TimedOut::Write), 1);
}

#[tokio::test]
async fn an_old_connection_is_asked_to_reconnect_with_its_next_response() {
    let served = Served::start(Limits { max_connection_age: millis(100), ..limits() }, times(0, 0));
    let mut client = Client::connect(served.address).await;
    let mut response = client.get("/").await;
    while !client::closes(&response) {
        response = client.get("/").await;
    }
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn a_client_that_still_sends_gets_its_response_and_no_reset() {
    const SIZE: usize = 512 * 1_024;
    let served = Served::start(limits(), times(0, 0));
    let mut client = Client::connect(served.address).await;
    client.send(&format!("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {SIZE}\r\n\r\n")).await;
    // Answered without a look at the content, of which nothing has come yet.
    assert!(client.response().await.starts_with("HTTP/1.1 200"));
    for _ in 0..SIZE / 8_192 {
        client.stream.write_all(&[b'x'; 8_192]).await.unwrap();
    }
    client.stream.shutdown().await.unwrap();
    assert_eq!(client.rest().await, "");
}
