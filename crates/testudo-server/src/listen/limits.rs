//! What a connection may take, in time and in memory.

use std::time::Duration;

use testudo_settings::ServerSettings;

/// Connections beyond the limit that are still accepted, for probes.
const RESERVE: usize = 16;
/// How long a connection in the reserve may wait with its request: the reserve must not be taken by the idle.
const RESERVED_WAIT: Duration = Duration::from_secs(2);
/// How long a write may wait for a client that does not read. The socket's buffers are full by then, so this is not
/// about slow clients but about those that have stopped.
const WRITE_STALL: Duration = Duration::from_secs(30);
/// How long an idle connection is kept once the service closes: a request that is on its way is still answered.
const LINGER: Duration = Duration::from_secs(1);

/// What the connections of one listener may take.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// Connections at a time; more wait in the backlog.
    pub(crate) max_connections: usize,
    /// Connections beyond that for probes.
    pub(crate) reserve: usize,
    /// Whether HTTP/2 is spoken.
    pub(crate) http2: bool,
    /// How long a TLS handshake may take.
    pub(crate) handshake_timeout: Duration,
    /// How long until the first byte of the first request.
    pub(crate) first_byte_timeout: Duration,
    /// How long from the first byte of a header section to its last.
    pub(crate) header_read_timeout: Duration,
    /// How long until the next request.
    pub(crate) keep_alive_timeout: Duration,
    /// How long a write may make no progress.
    pub(crate) write_stall_timeout: Duration,
    /// How long an idle connection is kept once the service closes.
    pub(crate) linger: Duration,
    /// After how long a client is asked to reconnect, give or take a tenth.
    pub(crate) max_connection_age: Duration,
    /// Bytes of a header section.
    pub(crate) max_header_size: usize,
    /// Fields of a header section.
    pub(crate) max_header_fields: usize,
}

impl From<&ServerSettings> for Limits {
    fn from(server: &ServerSettings) -> Self {
        Self {
            max_connections: server.max_connections,
            reserve: RESERVE,
            http2: server.http2,
            handshake_timeout: *server.handshake_timeout,
            first_byte_timeout: *server.first_byte_timeout,
            header_read_timeout: *server.header_read_timeout,
            keep_alive_timeout: *server.keep_alive_timeout,
            write_stall_timeout: WRITE_STALL,
            linger: LINGER,
            max_connection_age: *server.max_connection_age,
            max_header_size: server.max_header_size.as_usize(),
            max_header_fields: server.max_header_fields,
        }
    }
}

impl Limits {
    /// The time until the first byte, which is short for a connection in the reserve.
    pub(super) fn first_byte(&self, reserved: bool) -> Duration {
        if reserved { self.first_byte_timeout.min(RESERVED_WAIT) } else { self.first_byte_timeout }
    }

    /// The time for a header section, which is short for a connection in the reserve.
    pub(super) fn header(&self, reserved: bool) -> Duration {
        if reserved { self.header_read_timeout.min(RESERVED_WAIT) } else { self.header_read_timeout }
    }

    /// The time until the next request, which is short for a connection in the reserve.
    pub(super) fn keep_alive(&self, reserved: bool) -> Duration {
        if reserved { self.keep_alive_timeout.min(RESERVED_WAIT) } else { self.keep_alive_timeout }
    }
}
