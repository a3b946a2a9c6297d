//! Leaves a shared port to whoever else listens on it.

use std::{io, time::Duration};

use tokio::net::TcpListener;

/// How long handshakes that have begun may take to complete. Whoever connects meanwhile asks again after a second
/// (RFC 6298, section 2), and then finds the others.
pub(super) const SETTLE: Duration = Duration::from_millis(10);

/// From now on no handshake begins at this socket; what has begun still arrives.
///
/// A listener that closes resets the connections it has not accepted, and the system goes on giving it new ones until
/// then. So it first stops to hear of them: a filter drops packets with SYN but not ACK, the first of a handshake
/// (RFC 9293, section 3.5). Other systems have no such filter, and Linux has `net.ipv4.tcp_migrate_req` besides.
#[cfg(target_os = "linux")]
pub(super) fn begin(socket: &TcpListener) -> io::Result<()> {
    use socket2::{SockFilter, SockRef};

    // Classic BPF (linux/filter.h); offset 13 of a TCP header holds its flags.
    const FILTER: [SockFilter; 5] = [
        SockFilter::new(0x30, 0, 0, 13),       // ldb [13]
        SockFilter::new(0x54, 0, 0, 0x12),     // and #SYN|ACK
        SockFilter::new(0x15, 0, 1, 0x02),     // jeq #SYN, drop, keep
        SockFilter::new(0x06, 0, 0, 0),        // drop: ret #0
        SockFilter::new(0x06, 0, 0, u32::MAX), // keep: ret #-1
    ];
    SockRef::from(socket).attach_filter(&FILTER)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn begin(_: &TcpListener) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
