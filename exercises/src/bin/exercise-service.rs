//! A service without a database, for exercises of what is round it.

use std::{process::ExitCode, time::Duration};

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code},
    response::Response,
};
use testudo::{Router, Service, Shutdown, Stack};

fn main() -> ExitCode {
    Service::new("exercise").routes(routes).run()
}

fn routes() -> Router {
    let open = Stack::public("an exercise has no secrets");
    Router::new()
        .route("/", (open.get(short), open.post(short)))
        .route("/slow", open.get(slow))
        .route("/echo", open.post(echo))
        .route("/socket", open.get(socket))
}

async fn short() -> &'static str {
    "ok"
}

/// Long enough to be in flight when the service stops.
async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(50)).await;
    "ok"
}

async fn echo(content: Bytes) -> String {
    content.len().to_string()
}

async fn socket(shutdown: Shutdown, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| talk(socket, shutdown))
}

/// Says goodbye when the service stops, and waits for the client's answer.
async fn talk(mut socket: WebSocket, shutdown: Shutdown) {
    loop {
        tokio::select! {
            () = shutdown.closing() => break,
            message = socket.recv() => match message {
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
    let goodbye = CloseFrame { code: close_code::AWAY, reason: "the service stops".into() };
    if socket.send(Message::Close(Some(goodbye))).await.is_ok() {
        while let Some(Ok(_)) = socket.recv().await {}
    }
}
