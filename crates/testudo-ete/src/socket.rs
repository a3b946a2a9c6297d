//! A WebSocket that echoes, and says goodbye when the service stops.

use axum::{
    extract::{
        WebSocketUpgrade,
        ws::{CloseFrame, Message, WebSocket, close_code},
    },
    response::Response,
};
use testudo::Shutdown;

pub(crate) async fn socket(shutdown: Shutdown, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| echo(socket, shutdown))
}

async fn echo(mut socket: WebSocket, shutdown: Shutdown) {
    loop {
        let message = tokio::select! {
            message = socket.recv() => message,
            () = shutdown.closing() => {
                let goodbye = CloseFrame { code: close_code::AWAY, reason: "the service stops".into() };
                let _ = socket.send(Message::Close(Some(goodbye))).await;
                return;
            }
        };
        let Some(Ok(Message::Text(text))) = message else { return };
        if socket.send(Message::Text(text)).await.is_err() {
            return;
        }
    }
}
