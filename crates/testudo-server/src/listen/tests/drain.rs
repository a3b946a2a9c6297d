//! The stop, as clients see it.

use super::{client::Client, *};

#[tokio::test]
async fn a_request_in_flight_is_answered_and_its_connection_closed() {
    let mut served = Served::start(limits(), times(0, 10_000));
    let mut client = Client::connect(served.address).await;
    client.ask("/wait").await;
    within(served.arrived.recv()).await.unwrap();
    served.stop().await;
    served.reached(Stage::Closing).await;
    served.go.notify_one();
    let response = client.response().await;
    assert!(response.ends_with("waited") && client::closes(&response), "{response}");
    assert_eq!(served.ended().await, Ended::Done);
}

#[tokio::test]
async fn a_second_stop_and_the_end_of_the_budget_cut_off_and_say_how_many() {
    for (name, budget, again) in [("again", 60_000, true), ("budget", 100, false)] {
        let mut served = Served::start(limits(), times(0, budget));
        let mut clients = Vec::new();
        for _ in 0..3 {
            let mut client = Client::connect(served.address).await;
            client.ask("/wait").await;
            within(served.arrived.recv()).await.unwrap();
            clients.push(client);
        }
        served.stop().await;
        served.reached(Stage::Closing).await;
        if again {
            served.stop().await;
        }
        assert_eq!(served.ended().await, Ended::CutOff(3), "{name}");
        for client in &mut clients {
            assert_eq!(client.rest().await, "", "{name}");
        }
    }
}

#[tokio::test]
async fn a_second_stop_does_not_wait_for_the_drain_delay_either() {
    let served = Served::start(limits(), times(600_000, 600_000));
    served.stop().await;
    served.reached(Stage::Draining).await;
    served.stop().await;
    assert_eq!(served.ended().await, Ended::Done);
}

#[tokio::test]
async fn while_draining_everybody_is_served_and_asked_to_reconnect() {
    let served = Served::start(limits(), times(600_000, 0));
    let mut before = Client::connect(served.address).await;
    assert!(!client::closes(&before.get("/").await));
    served.stop().await;
    served.reached(Stage::Draining).await;
    let mut after = Client::connect(served.address).await;
    for client in [&mut before, &mut after] {
        let response = client.get("/late").await;
        assert!(response.ends_with("/late") && client::closes(&response), "{response}");
        assert_eq!(client.rest().await, "");
    }
}

#[tokio::test]
async fn an_idle_connection_lingers_for_a_request_on_its_way() {
    let served = Served::start(Limits { linger: millis(5_000), ..limits() }, times(0, 60_000));
    let mut client = Client::connect(served.address).await;
    client.get("/").await;
    served.stop().await;
    served.reached(Stage::Closing).await;
    let response = client.get("/on-its-way").await;
    assert!(response.ends_with("/on-its-way") && client::closes(&response), "{response}");
    assert_eq!(client.rest().await, "");
    drop(client);
    assert_eq!(served.ended().await, Ended::Done);
}

#[tokio::test]
async fn idle_connections_and_those_that_say_nothing_do_not_hold_the_service() {
    let served = Served::start(Limits { linger: millis(50), ..limits() }, times(0, 600_000));
    let mut idle = Client::connect(served.address).await;
    idle.get("/").await;
    let mut silent = Client::connect(served.address).await;
    served.stop().await;
    assert_eq!((idle.rest().await, silent.rest().await), (String::new(), String::new()));
    let counters = Arc::clone(&served.counters);
    assert_eq!(served.ended().await, Ended::Done);
    assert_eq!(counters.timed_out(TimedOut::KeepAlive), 0, "their own time was not up");
}

#[tokio::test]
async fn half_a_header_is_no_request_that_could_be_cut_off() {
    let served = Served::start(limits(), times(0, 200));
    let mut client = Client::connect(served.address).await;
    client.send("GET / HTTP/1.1\r\nhost").await;
    eventually("accepted", || served.counters.open() == 1).await;
    served.stop().await;
    assert_eq!(served.ended().await, Ended::Done);
}

/// Connects and asks while nothing of the service can run: what is pending is in the system's hands alone.
fn pending(address: SocketAddr, count: usize) -> Vec<Client> {
    let connect = |index| {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, client::request(&format!("/{index}")).as_bytes()).unwrap();
        Client::from_std(stream)
    };
    (0..count).map(connect).collect()
}

#[tokio::test]
async fn what_is_pending_when_the_listener_closes_is_served() {
    let served = Served::start(limits(), times(0, 10_000));
    // The accept loop waits for the next connection from here.
    Client::connect(served.address).await.get("/").await;
    served.events.try_send(Event::Stop).unwrap();
    let clients = pending(served.address, 100);
    for (index, mut client) in clients.into_iter().enumerate() {
        let response = client.response().await;
        assert!(response.ends_with(&format!("/{index}")) && client::closes(&response), "{response}");
    }
    let address = served.address;
    assert_eq!(served.ended().await, Ended::Done);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "the listener is gone");
}

#[tokio::test]
async fn what_is_pending_on_a_supervisors_socket_waits_for_the_next_process() {
    let supervisor = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    supervisor.set_nonblocking(true).unwrap();
    let handed_over = || Listener {
        socket: tokio::net::TcpListener::from_std(supervisor.try_clone().unwrap()).unwrap(),
        inherited: true,
        shared: false,
    };
    let first = Served::on(handed_over(), limits(), times(0, 10_000), None);
    let address = first.address;
    Client::connect(address).await.get("/").await;
    first.stop().await;
    first.reached(Stage::Closing).await;
    assert_eq!(first.ended().await, Ended::Done);

    let clients = pending(address, 20);
    let _second = Served::on(handed_over(), limits(), times(0, 10_000), None);
    for (index, mut client) in clients.into_iter().enumerate() {
        assert!(client.response().await.ends_with(&format!("/{index}")));
    }
}

#[tokio::test]
async fn a_reload_is_heard_at_every_stage() {
    let lifecycle = Lifecycle::new(times(600_000, 0));
    let shutdown = lifecycle.shutdown();
    let (events, mut told) = mpsc::channel(4);
    let (reloaded, mut reloads) = mpsc::unbounded_channel();
    assert_eq!(shutdown.stage(), Stage::Starting);
    tokio::spawn(async move { lifecycle.run(&mut told, || reloaded.send(()).unwrap()).await });
    for event in [Event::Reload, Event::Stop, Event::Reload] {
        events.send(event).await.unwrap();
    }
    within(reloads.recv()).await.unwrap();
    within(reloads.recv()).await.unwrap();
    assert_eq!(shutdown.stage(), Stage::Draining);
}
