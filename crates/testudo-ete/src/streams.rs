//! Responses whose content comes in pieces.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures_util::{Stream, StreamExt, stream};

/// Pieces of a stream.
const PIECES: usize = 16;
/// Bytes of a piece.
const PIECE: &[u8] = &[b'x'; 1_024];

pub(crate) async fn stream() -> Body {
    Body::from_stream(stream::iter((0..PIECES).map(|place| {
        if place == 0 {
            tracing::info!("from the content");
        }
        Ok::<_, Infallible>(Bytes::from_static(PIECE))
    })))
}

/// One piece, and then a panic.
pub(crate) async fn breaks() -> Body {
    let pieces = stream::iter(0..2).map(|piece| {
        assert!(piece == 0, "a bug in the middle of a stream");
        Ok::<_, Infallible>(Bytes::from_static(PIECE))
    });
    Body::from_stream(pieces)
}

pub(crate) async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let event = stream::once(async { Ok(Event::default().data("x".repeat(PIECES * PIECE.len()))) });
    Sse::new(event).keep_alive(KeepAlive::new().interval(Duration::from_secs(10)))
}
