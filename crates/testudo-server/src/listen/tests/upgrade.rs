//! Connections that have become something else.

use super::{client::Client, *};

async fn upgraded(served: &mut Served, path: &str) -> Client {
    let mut client = Client::connect(served.address).await;
    client
        .send(&format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n"))
        .await;
    let response = client.response().await;
    assert!(response.starts_with("HTTP/1.1 101"), "{response}");
    within(served.arrived.recv()).await.unwrap();
    client
}

#[tokio::test]
async fn an_upgraded_connection_hears_of_the_stop_and_is_waited_for() {
    let mut served = Served::start(limits(), times(0, 10_000));
    let mut client = upgraded(&mut served, "/talk").await;
    assert_eq!(served.counters.open(), 1, "it is still a connection");
    served.stop().await;
    assert_eq!(client.rest().await, "goodbye");
    assert_eq!(served.ended().await, Ended::Done);
}

#[tokio::test]
async fn an_upgraded_connection_that_does_not_end_is_cut_off() {
    let mut served = Served::start(limits(), times(0, 100));
    let _client = upgraded(&mut served, "/mute").await;
    served.stop().await;
    assert_eq!(served.ended().await, Ended::CutOff(1));
}

#[tokio::test]
async fn an_upgraded_connection_gives_its_place_back() {
    let mut served = Served::start(Limits { keep_alive_timeout: millis(50), ..limits() }, times(0, 0));
    let client = upgraded(&mut served, "/mute").await;
    drop(client);
    eventually("none is open", || served.counters.open() == 0).await;
    assert_eq!(served.counters.timed_out(TimedOut::KeepAlive), 0);
}
