//! Redis goes away and comes back.

use std::time::{Duration, Instant};

use testudo_store::{Limiter, Outcome, Policy, Redis, RedisOptions, StoreErrorKind, WhenDown};
use testudo_testkit::RedisServer;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::stores::{key, server};

/// Longer than anything here takes on a busy machine.
const CEILING: Duration = Duration::from_secs(30);

fn limiter(server: &RedisServer) -> Limiter {
    let mut options = RedisOptions::new(server.url());
    options.response_timeout = Duration::from_secs(1);
    Limiter::redis(Redis::open(&options).unwrap())
}

fn policy() -> Policy {
    Policy::window("outage", 3, Duration::from_hours(24)).unwrap()
}

/// Whoever waits long enough is answered again, without anybody doing anything.
async fn until_it_answers(limiter: &Limiter) {
    let end = Instant::now() + CEILING;
    while limiter.decide(&policy(), &key("recovery"), 0).await.is_err() {
        assert!(Instant::now() < end, "Redis is back, and is not found again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What each use has declared, while the server is down.
async fn declared_behaviour_holds(limiter: &Limiter, name: &str) {
    let began = Instant::now();
    let closed = limiter.decide_or(&policy(), &key(name), 1, WhenDown::Closed).await.unwrap_err();
    let is_outage = matches!(closed.kind(), StoreErrorKind::Timeout | StoreErrorKind::Unavailable);
    assert!(is_outage, "{name}: {closed}");
    for _ in 0..5 {
        let open = limiter.decide_or(&policy(), &key(name), 1, WhenDown::Open).await.unwrap();
        assert_eq!((open.outcome, open.is_local), (Outcome::Unchecked, false), "{name}");
    }
    for outcome in [Outcome::Admitted, Outcome::Admitted, Outcome::Admitted, Outcome::Denied] {
        let local = limiter.decide_or(&policy(), &key(name), 1, WhenDown::Local).await.unwrap();
        assert_eq!((local.outcome, local.is_local), (outcome, true), "{name}");
    }
    assert!(began.elapsed() < CEILING, "{name}: nobody waits for a server that is down");
}

#[tokio::test]
async fn a_killed_server_is_an_error_as_declared_and_is_found_again() {
    let Some(server) = server("a_killed_server_is_an_error_as_declared_and_is_found_again") else { return };
    let limiter = limiter(&server);
    until_it_answers(&limiter).await;
    for round in ["killed", "killed again"] {
        server.stop();
        declared_behaviour_holds(&limiter, round).await;
        server.start_again();
        until_it_answers(&limiter).await;
        // It comes back empty, and does not know the scripts.
        let decision = limiter.decide_or(&policy(), &key(round), 1, WhenDown::Local).await.unwrap();
        assert_eq!((decision.outcome, decision.remaining, decision.is_local), (Outcome::Admitted, 2, false));
    }
}

#[tokio::test]
async fn a_frozen_server_is_an_error_as_declared_and_is_found_again() {
    let Some(server) = server("a_frozen_server_is_an_error_as_declared_and_is_found_again") else { return };
    let limiter = limiter(&server);
    until_it_answers(&limiter).await;
    server.freeze();
    declared_behaviour_holds(&limiter, "frozen").await;
    server.thaw();
    until_it_answers(&limiter).await;
    let decision = limiter.decide_or(&policy(), &key("thawed"), 1, WhenDown::Local).await.unwrap();
    assert_eq!((decision.outcome, decision.is_local), (Outcome::Admitted, false));
}

/// A way to the server that goes dead without a word, for the connections that are there: nothing is closed, and nothing
/// arrives. New connections get through.
async fn dying_way_to(server: String) -> (String, watch::Sender<usize>) {
    let way = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = way.local_addr().unwrap().to_string();
    let (die, dead) = watch::channel(0_usize);
    tokio::spawn(async move {
        for number in 1.. {
            let (mut client, _) = way.accept().await.unwrap();
            let (server, mut dead) = (server.clone(), dead.clone());
            tokio::spawn(async move {
                let mut server = TcpStream::connect(server).await.unwrap();
                tokio::select! {
                    _ = copy_bidirectional(&mut client, &mut server) => return,
                    _ = async { dead.wait_for(|dead| number <= *dead).await.is_ok() } => {}
                }
                // Neither end is closed.
                std::future::pending::<()>().await;
            });
        }
    });
    (address, die)
}

#[tokio::test]
async fn a_connection_that_went_dead_without_a_word_is_replaced() {
    let Some(server) = server("a_connection_that_went_dead_without_a_word_is_replaced") else { return };
    let (way, die) = dying_way_to(server.address()).await;
    let mut options = RedisOptions::new(format!("redis://{way}"));
    options.response_timeout = Duration::from_secs(1);
    let limiter = Limiter::redis(Redis::open(&options).unwrap());
    until_it_answers(&limiter).await;
    die.send(1).unwrap();
    assert!(limiter.decide(&policy(), &key("dead"), 1).await.is_err());
    until_it_answers(&limiter).await;
}

#[tokio::test]
async fn nobody_queues_in_front_of_a_server_that_stands_still() {
    let Some(server) = server("nobody_queues_in_front_of_a_server_that_stands_still") else { return };
    let limiter = limiter(&server);
    until_it_answers(&limiter).await;
    server.freeze();
    let began = Instant::now();
    for _ in 0..1_000 {
        assert!(limiter.decide(&policy(), &key("queue"), 1).await.is_err());
    }
    // One after the other they would have waited for 1,000 s.
    assert!(began.elapsed() < CEILING, "{:?}", began.elapsed());
    server.thaw();
    until_it_answers(&limiter).await;
}

#[tokio::test]
async fn a_server_that_starts_after_the_service_is_found() {
    let Some(server) = server("a_server_that_starts_after_the_service_is_found") else { return };
    server.stop();
    let limiter = limiter(&server);
    declared_behaviour_holds(&limiter, "not there yet").await;
    server.start_again();
    until_it_answers(&limiter).await;
}

#[tokio::test]
async fn a_server_that_forgot_the_scripts_is_told_them_again() {
    let Some(server) = server("a_server_that_forgot_the_scripts_is_told_them_again") else { return };
    let limiter = limiter(&server);
    until_it_answers(&limiter).await;
    for left in (0..3).rev() {
        assert_eq!(server.execute(&["SCRIPT", "FLUSH"]), "+OK");
        assert_eq!(limiter.decide(&policy(), &key("scripts"), 1).await.unwrap().remaining, left);
    }
}

#[tokio::test]
async fn a_server_that_refuses_is_an_error_that_shows_no_password() {
    let Some(server) = server("a_server_that_refuses_is_an_error_that_shows_no_password") else { return };
    let options = RedisOptions::new(format!("redis://:hunter2@{}", server.address()));
    let limiter = Limiter::redis(Redis::open(&options).unwrap());
    let error = limiter.decide(&policy(), &key("refused"), 1).await.unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Refused, "{error}");
    assert!(!format!("{error} {error:?} {limiter:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_server_without_tls_is_an_error_where_tls_was_asked_for() {
    let Some(server) = server("a_server_without_tls_is_an_error_where_tls_was_asked_for") else { return };
    let redis = Redis::open(&RedisOptions::new(format!("rediss://{}", server.address()))).unwrap();
    assert!(redis.ping().await.is_err());
}

#[test]
fn what_is_no_address_of_redis() {
    for (name, url) in [
        ("nothing", ""),
        ("no scheme", "127.0.0.1:6379"),
        ("another protocol", "http://127.0.0.1:6379"),
        ("a socket, which has no timeouts", "unix:///run/redis.sock"),
        ("TLS with whoever answers", "rediss://127.0.0.1:6379/#insecure"),
        ("no host", "redis://"),
        ("no port", "redis://127.0.0.1:redis"),
    ] {
        let error = Redis::open(&RedisOptions::new(url)).map(drop).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Settings, "{name}");
    }
}
