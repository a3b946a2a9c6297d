//! One process takes over from another, under load.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use super::{client::Client, *};

const RESTARTS: usize = 5;
const CLIENTS: usize = 8;

fn next(port: u16) -> Served {
    let listener = bind(IpAddr::V4(Ipv4Addr::LOCALHOST), port, true, "server").unwrap();
    Served::on(listener, Limits { linger: millis(200), ..limits() }, times(20, 10_000), None)
}

/// Asks until it is told to stop, as a proxy does: keeps its connection, unless the response says otherwise.
async fn load(address: SocketAddr, done: Arc<AtomicBool>, answered: Arc<AtomicUsize>) {
    let mut client = Client::connect(address).await;
    while !done.load(Relaxed) {
        let response = client.get("/").await;
        assert!(response.starts_with("HTTP/1.1 200"), "{response}");
        answered.fetch_add(1, Relaxed);
        if client::closes(&response) {
            client = Client::connect(address).await;
        }
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarts_on_a_shared_port_lose_no_request() {
    let (done, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut serving = next(0);
    let address = serving.address;
    let clients: Vec<_> =
        (0..CLIENTS).map(|_| tokio::spawn(load(address, Arc::clone(&done), Arc::clone(&answered)))).collect();
    for restart in 0..RESTARTS {
        let fresh = next(address.port());
        let before = answered.load(Relaxed);
        serving.stop().await;
        assert_eq!(std::mem::replace(&mut serving, fresh).ended().await, Ended::Done, "{restart}");
        eventually("the load goes on", || answered.load(Relaxed) > before).await;
    }
    done.store(true, Relaxed);
    for client in clients {
        within(client).await.unwrap();
    }
}
