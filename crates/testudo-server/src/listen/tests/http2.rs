//! HTTP/2, without TLS to those who know.

use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::TokioExecutor;
use tokio::io::{AsyncRead, AsyncWrite};

use super::*;

type Sender = SendRequest<Empty<Bytes>>;
type Connection = JoinHandle<Result<(), hyper::Error>>;

pub(super) async fn connect<S>(stream: S) -> (Sender, Connection)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    (sender, tokio::spawn(connection))
}

async fn plain(served: &Served) -> (Sender, Connection) {
    connect(tokio::net::TcpStream::connect(served.address).await.unwrap()).await
}

pub(super) fn get(path: &str) -> Request<Empty<Bytes>> {
    Request::get(format!("http://test{path}")).body(Empty::new()).unwrap()
}

pub(super) async fn text(response: Response<Incoming>) -> String {
    assert!(!response.headers().contains_key("connection"), "HTTP/2 has no such field");
    String::from_utf8(within(response.into_body().collect()).await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_client_that_knows_is_answered_and_one_that_does_not_too() {
    let served = Served::start(limits(), times(0, 0));
    let (mut sender, _connection) = plain(&served).await;
    let response = within(sender.send_request(get("/two"))).await.unwrap();
    assert_eq!((response.version(), text(response).await.as_str()), (http::Version::HTTP_2, "/two"));
    assert!(client::Client::connect(served.address).await.get("/one").await.ends_with("/one"));
}

#[tokio::test]
async fn without_http2_the_preface_is_no_request() {
    let served = Served::start(Limits { http2: false, ..limits() }, times(0, 0));
    let mut client = client::Client::connect(served.address).await;
    client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    assert!(!client.rest().await.contains("200"));
}

#[tokio::test]
async fn a_dripped_preface_is_closed_in_time() {
    let served = Served::start(Limits { header_read_timeout: millis(100), ..limits() }, times(0, 0));
    let mut client = client::Client::connect(served.address).await;
    client.send("PRI * HT").await;
    assert_eq!(client.rest().await, "");
    assert_eq!(served.counters.timed_out(TimedOut::Header), 1);
}

#[tokio::test]
async fn header_fields_are_limited_in_number() {
    let served = Served::start(Limits { max_header_fields: 3, ..limits() }, times(0, 0));
    let (mut sender, _connection) = plain(&served).await;
    for (count, expected) in [(3, 200), (4, 431)] {
        let mut request = get("/");
        for index in 0..count {
            let name = http::HeaderName::from_bytes(format!("x-{index}").as_bytes()).unwrap();
            request.headers_mut().insert(name, http::HeaderValue::from_static("y"));
        }
        assert_eq!(within(sender.send_request(request)).await.unwrap().status(), expected, "{count}");
    }
}

#[tokio::test]
async fn streams_in_flight_are_answered_when_the_service_closes() {
    let mut served = Served::start(limits(), times(0, 10_000));
    let (mut sender, connection) = plain(&served).await;
    let waiting = tokio::spawn(sender.send_request(get("/wait")));
    within(served.arrived.recv()).await.unwrap();
    served.stop().await;
    served.reached(Stage::Closing).await;
    served.go.notify_one();
    assert_eq!(text(within(waiting).await.unwrap().unwrap()).await, "waited");
    within(connection).await.unwrap().unwrap();
    assert_eq!(served.ended().await, Ended::Done);
}

#[tokio::test]
async fn an_idle_or_old_connection_is_told_to_go_away() {
    for (name, limits) in [
        ("idle", Limits { keep_alive_timeout: millis(100), ..limits() }),
        ("old", Limits { max_connection_age: millis(100), ..limits() }),
    ] {
        let served = Served::start(limits, times(0, 0));
        let (mut sender, connection) = plain(&served).await;
        within(sender.send_request(get("/"))).await.unwrap();
        let ended = within(connection).await.unwrap();
        assert!(ended.is_ok(), "{name}: {ended:?}");
    }
}

#[tokio::test]
async fn a_client_that_opens_no_window_is_given_up() {
    let served = Served::start(Limits { write_stall_timeout: millis(200), ..limits() }, times(0, 0));
    let (mut sender, _connection) = plain(&served).await;
    // Its content is not read, so no window opens; the socket has room for all that.
    let _response = within(sender.send_request(get("/endless"))).await.unwrap();
    eventually("closed", || served.counters.open() == 0).await;
    assert_eq!(served.counters.timed_out(TimedOut::Write), 1);
}

#[tokio::test]
async fn a_connection_that_comes_while_the_service_closes_is_answered_and_told_to_go_away() {
    let mut served = Served::start(Limits { linger: millis(60_000), ..limits() }, times(0, 60_000));
    let mut keeps = client::Client::connect(served.address).await;
    keeps.ask("/wait").await;
    within(served.arrived.recv()).await.unwrap();
    let stream = tokio::net::TcpStream::connect(served.address).await.unwrap();
    eventually("accepted", || served.counters.open() == 2).await;
    served.stop().await;
    served.reached(Stage::Closing).await;
    let (mut sender, connection) = connect(stream).await;
    // Whether the request or the word to go away comes first is not said; neither waits for the linger.
    if let Ok(response) = within(sender.send_request(get("/late"))).await {
        assert_eq!(text(response).await, "/late");
    }
    let _ = within(connection).await.unwrap();
}
