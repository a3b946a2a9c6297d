//! Dependencies that clean up after the response.

use std::sync::Arc;

use axum::{body::Bytes, extract::FromRef, extract::State};
use testudo::{Dependency, Depends, prelude::*};
use testudo_testkit::TestService;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

#[derive(Clone)]
struct App(UnboundedSender<&'static str>);

impl FromRef<App> for UnboundedSender<&'static str> {
    fn from_ref(app: &App) -> Self {
        app.0.clone()
    }
}

/// Says when it is opened and closed.
struct Session(UnboundedSender<&'static str>);

impl Dependency for Session {
    type From = (State<UnboundedSender<&'static str>>,);
    type Error = Problem;
    const CLEANS_UP: bool = true;

    async fn resolve((State(said),): Self::From) -> Result<Self, Problem> {
        said.send("session opened")?;
        Ok(Self(said))
    }

    async fn clean_up(session: Arc<Self>) {
        let _ = session.0.send("session closed");
    }
}

/// Needs the session, so it is closed before it.
struct Transaction(UnboundedSender<&'static str>);

impl Dependency for Transaction {
    type From = (Depends<Session>,);
    type Error = Problem;
    const CLEANS_UP: bool = true;

    async fn resolve((session,): Self::From) -> Result<Self, Problem> {
        session.0.send("transaction opened")?;
        Ok(Self(session.0.clone()))
    }

    async fn clean_up(transaction: Arc<Self>) {
        let _ = transaction.0.send("transaction closed");
    }
}

/// Panics when it is cleaned up.
struct Careless;

impl Dependency for Careless {
    type From = ();
    type Error = Problem;
    const CLEANS_UP: bool = true;

    async fn resolve((): ()) -> Result<Self, Problem> {
        Ok(Self)
    }

    async fn clean_up(_: Arc<Self>) {
        panic!("while cleaning up")
    }
}

async fn service() -> (TestService, UnboundedReceiver<&'static str>) {
    let open = Stack::public("to see the clean-up");
    let router = Router::new()
        .route(
            "/",
            open.get(async |_: Depends<Transaction>, State(App(said)): State<App>| {
                let _ = said.send("handler");
                "done"
            }),
        )
        .route(
            "/stream",
            open.get(async |_: Depends<Session>, State(App(said)): State<App>| {
                axum::body::Body::from_stream(futures_util::stream::once(async move {
                    let _ = said.send("streaming");
                    Ok::<_, std::io::Error>(Bytes::from_static(b"done"))
                }))
            }),
        )
        .route("/careless", open.get(async |_: Depends<Session>, _: Depends<Careless>| "done"))
        .route("/panic", open.get(async |_: Depends<Session>| -> &'static str { panic!("midway") }))
        .route("/rejected", open.get(async |_: Depends<Session>, _: axum::extract::Path<u8>| ()));
    let (said, heard) = unbounded_channel();
    (TestService::start(router, App(said)).await, heard)
}

async fn next<const N: usize>(heard: &mut UnboundedReceiver<&'static str>) -> [&'static str; N] {
    let mut lines = [""; N];
    for line in &mut lines {
        *line = heard.recv().await.unwrap();
    }
    lines
}

#[tokio::test]
async fn the_last_dependency_is_cleaned_up_first_and_after_the_handler() {
    let (service, mut heard) = service().await;
    service.get("/").await.status(200).text("done");
    let expected =
        ["session opened", "transaction opened", "handler", "transaction closed", "session closed"];
    assert_eq!(next::<5>(&mut heard).await, expected);
}

#[tokio::test]
async fn a_streamed_response_is_sent_before_the_clean_up() {
    let (service, mut heard) = service().await;
    service.get("/stream").await.status(200).text("done");
    assert_eq!(next::<3>(&mut heard).await, ["session opened", "streaming", "session closed"]);
}

#[tokio::test]
async fn a_panic_and_a_rejection_clean_up_too() {
    let (service, mut heard) = service().await;
    service.get("/panic").await.status(500);
    assert_eq!(next::<2>(&mut heard).await, ["session opened", "session closed"]);
    service.get("/rejected").await.status(500);
    assert_eq!(next::<2>(&mut heard).await, ["session opened", "session closed"]);
}

#[tokio::test]
async fn a_clean_up_that_panics_does_not_take_the_others_with_it() {
    let (service, mut heard) = service().await;
    service.get("/careless").await.status(200).text("done");
    assert_eq!(next::<2>(&mut heard).await, ["session opened", "session closed"]);
}
