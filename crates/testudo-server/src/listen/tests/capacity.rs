//! The limit of connections, and the reserve.

use super::{client::Client, *};

#[tokio::test]
async fn beyond_the_limit_only_probes_are_answered_and_beyond_the_reserve_nobody() {
    let served = Served::start(Limits { max_connections: 2, reserve: 1, ..limits() }, times(0, 0));
    let mut full = [Client::connect(served.address).await, Client::connect(served.address).await];
    for client in &mut full {
        assert!(client.get("/").await.starts_with("HTTP/1.1 200"));
    }

    for (path, expected) in [("/orders", "503"), ("/health", "200"), ("/readiness", "200")] {
        let mut reserved = Client::connect(served.address).await;
        let response = reserved.get(path).await;
        assert!(response.starts_with(&format!("HTTP/1.1 {expected}")), "{path}: {response}");
        assert!(client::closes(&response), "{path}: {response}");
    }
    assert_eq!(served.counters.refused(), 1);

    let mut held = Client::connect(served.address).await;
    eventually("the reserve is taken", || served.counters.reserved() == 1).await;
    let mut waiting = Client::connect(served.address).await;
    waiting.ask("/patient").await;
    assert!(held.get("/startup").await.starts_with("HTTP/1.1 200"));
    let [gone, _stays] = full;
    drop(gone);
    let response = waiting.response().await;
    assert!(response.starts_with("HTTP/1.1 "), "{response}");
    eventually("all were counted", || served.counters.accepted() == 7).await;
}

#[tokio::test]
async fn who_comes_when_there_is_room_again_is_within_the_limit() {
    let served = Served::start(Limits { max_connections: 1, reserve: 1, ..limits() }, times(0, 0));
    let mut first = Client::connect(served.address).await;
    first.get("/").await;
    drop(first);
    eventually("there is room", || served.counters.open() == 0).await;
    let response = Client::connect(served.address).await.get("/orders").await;
    assert!(response.starts_with("HTTP/1.1 200") && !client::closes(&response), "{response}");
}

#[tokio::test]
async fn connections_of_the_reserve_have_less_time() {
    let limits = limits();
    for (reserved, expected) in [(true, 2), (false, 10)] {
        let times = (limits.first_byte(reserved).as_secs(), limits.header(reserved).as_secs());
        assert_eq!(times, (expected, expected), "reserved: {reserved}");
        assert_eq!(limits.keep_alive(reserved).as_secs() == 2, reserved);
    }
}
