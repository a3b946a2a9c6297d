//! One connection: handshake, protocol, requests.

use std::{
    future::poll_fn,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use hyper::{
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use super::{
    Answer, ConnectionInfo, Endpoint, Limits,
    activity::Activity,
    counters::TimedOut,
    drive::Drive,
    io::Watched,
    permits::Ticket,
    respond::Respond,
    watch::{Watch, jittered},
};

/// Streams of one connection at a time. The standard asks for no less than 100 (RFC 9113, section 6.5.2).
const MAX_STREAMS: u32 = 256;
/// Content that a client may send ahead, for a stream and for its connection: what a connection holds in memory.
const STREAM_WINDOW: u32 = 256 * 1_024;
const CONNECTION_WINDOW: u32 = 1_024 * 1_024;
/// Content of a response that waits for a client's window, for a stream.
const SEND_BUFFER: usize = 64 * 1_024;
/// Streams that a client has reset before they were answered, and streams that were reset for its errors: beyond, it
/// attacks (CVE-2023-44487, CVE-2025-8671), and its connection ends.
const MAX_PENDING_RESETS: usize = 20;
const MAX_LOCAL_RESETS: usize = 128;
/// What HTTP/1 reads and writes at a time at most. It begins with far less.
const BUFFER: usize = 64 * 1_024;
/// How many header fields hyper reads without allocating for them.
const FIELDS_ON_STACK: usize = 100;

/// Serves a connection to its end.
pub(super) async fn serve<A: Answer>(
    stream: TcpStream,
    info: ConnectionInfo,
    ticket: Ticket,
    endpoint: Arc<Endpoint<A>>,
) {
    // Without it a small response waits for the client's acknowledgement; a socket that refuses still serves.
    let _ = stream.set_nodelay(true);
    let Some(tls) = &endpoint.tls else {
        return speak(stream, info, ticket, &endpoint, endpoint.limits.http2).await;
    };
    let handshake = tokio::time::timeout(endpoint.limits.handshake_timeout, tls.acceptor().accept(stream));
    let shaken = tokio::select! {
        shaken = handshake => shaken,
        () = endpoint.shutdown.closed() => return,
    };
    match shaken {
        Ok(Ok(stream)) => {
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            speak(stream, info, ticket, &endpoint, http2).await;
        }
        Ok(Err(error)) => {
            endpoint.counters.handshake_failed.fetch_add(1, Relaxed);
            tracing::debug!(%error, peer = %info.peer, "TLS handshake failed");
        }
        Err(_) => endpoint.counters.count_timed_out(TimedOut::Handshake),
    }
}

async fn speak<A, S>(io: S, info: ConnectionInfo, ticket: Ticket, endpoint: &Endpoint<A>, may_be_http2: bool)
where
    A: Answer,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Endpoint { limits, shutdown, counters, .. } = endpoint;
    let activity = Activity::new(limits, info.reserved, shutdown.clone());
    let age = jittered(limits.max_connection_age, fastrand::f64());
    let mut drive = Drive {
        watch: Watch::new(Arc::clone(&activity), shutdown.clone(), age),
        activity: Arc::clone(&activity),
        counters: Arc::clone(counters),
        shutdown: shutdown.clone(),
    };
    let mut io = Watched::new(io, Arc::clone(&activity), limits.write_stall_timeout, ticket);
    let sniff = async { may_be_http2 && poll_fn(|context| io.poll_sniff(context)).await.unwrap_or(false) };
    let Some(http2) = drive.before_requests(sniff).await else { return };
    let respond = Respond {
        answer: endpoint.answer.clone(),
        info: Arc::new(info),
        activity: Arc::clone(&activity),
        counters: Arc::clone(counters),
        max_header_fields: limits.max_header_fields,
    };
    let service = service_fn(move |request| respond.respond(request));
    if http2 {
        activity.speaks_http2();
        let connection = http2_builder(limits).serve_connection(TokioIo::new(io), service);
        drive.finish(connection, http2::Connection::graceful_shutdown).await;
    } else {
        let connection = http1_builder(limits).serve_connection(TokioIo::new(io), service).with_upgrades();
        drive.finish(connection, http1::UpgradeableConnection::graceful_shutdown).await;
    }
}

fn http1_builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // hyper's own begins with the wait for the request, and would close idle connections; the watch tells the
        // two apart.
        .header_read_timeout(None)
        .timer(TokioTimer::new())
        .max_header_size(limits.max_header_size)
        .max_buf_size(limits.max_header_size.max(BUFFER));
    if limits.max_header_fields != FIELDS_ON_STACK {
        builder.max_headers(limits.max_header_fields);
    }
    builder
}

fn http2_builder(limits: &Limits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(MAX_STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .max_header_list_size(u32::try_from(limits.max_header_size).unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(MAX_PENDING_RESETS)
        .max_local_error_reset_streams(MAX_LOCAL_RESETS)
        // A client that is gone without a word is noticed while a response is awaited.
        .keep_alive_interval(limits.keep_alive_timeout / 2)
        .keep_alive_timeout(limits.keep_alive_timeout / 4);
    builder
}
