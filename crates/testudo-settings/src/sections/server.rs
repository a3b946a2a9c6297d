//! The public listener.

use std::net::{IpAddr, Ipv4Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::TlsSettings;
use crate::value::{Period, Size};

/// The public listener.
///
/// ```
/// use testudo_settings::ServerSettings;
///
/// let server = ServerSettings::default();
/// assert_eq!((server.port, server.request_timeout.as_secs()), (8_000, 30));
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct ServerSettings {
    /// Address to listen on: `127.0.0.1` for this machine alone, `0.0.0.0` or `::` for everybody.
    pub host: IpAddr,
    /// Port to listen on; `0` takes a free one.
    pub port: u16,
    /// Threads that serve requests. Without a value, as many as the CPU quota of the control group allows.
    #[schemars(range(min = 1, max = 1_024))]
    pub workers: Option<usize>,
    /// TLS of the public listener.
    pub tls: TlsSettings,
    /// Also speaks HTTP/2 (RFC 9113): with TLS by ALPN, without it to clients that know (h2c with prior knowledge).
    pub http2: bool,
    /// Shares the port with other processes that listen on it (`SO_REUSEPORT`), so that a new process can take over
    /// before the old one stops.
    pub reuse_port: bool,
    /// Connections at a time; more wait in the backlog. 16 more are kept in reserve for probes. Where the limit of open
    /// files leaves room for fewer, there are fewer.
    #[schemars(range(min = 1))]
    pub max_connections: usize,
    /// How long a TLS handshake may take.
    pub handshake_timeout: Period,
    /// How long a connection may take to send the first byte of its first request.
    pub first_byte_timeout: Period,
    /// How long a client may take to send a request's header section.
    pub header_read_timeout: Period,
    /// How long a client may pause while it sends content.
    pub body_read_timeout: Period,
    /// How long a request may take, from its header section to the start of its response. Then `503`.
    pub request_timeout: Period,
    /// How long a connection may wait for its next request.
    pub keep_alive_timeout: Period,
    /// How long a connection may serve before it is asked to reconnect, so that load spreads to new processes.
    pub max_connection_age: Period,
    /// Most bytes of a request's header section. Then `431`.
    pub max_header_size: Size,
    /// Most header fields of a request. Then `431`.
    #[schemars(range(min = 1, max = 1_000))]
    pub max_header_fields: usize,
    /// Most bytes of a request's content, unless a route has a limit of its own. Then `413`.
    pub max_body_size: Size,
    /// Compresses responses with gzip where the client accepts it (RFC 9110, section 8.4) and the content is text of
    /// 1 KiB or more. Responses that set a cookie, carry `Cache-Control: no-transform` or are compressed already are
    /// left alone.
    pub compression: bool,
    /// Adds `Server-Timing` with the shields' durations for clients inside `proxies.trusted`.
    pub server_timing: bool,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8_000,
            workers: None,
            tls: TlsSettings::default(),
            http2: true,
            reuse_port: false,
            max_connections: 10_000,
            handshake_timeout: Period::from_secs(5),
            first_byte_timeout: Period::from_secs(10),
            header_read_timeout: Period::from_secs(10),
            body_read_timeout: Period::from_secs(20),
            request_timeout: Period::from_secs(30),
            keep_alive_timeout: Period::from_secs(75),
            max_connection_age: Period::from_secs(600),
            max_header_size: Size::kib(16),
            max_header_fields: 100,
            max_body_size: Size::mib(2),
            compression: true,
            server_timing: false,
        }
    }
}
