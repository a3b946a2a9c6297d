//! A socket to listen on.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use tokio::net::{TcpListener, TcpSocket};

use crate::error::StartError;

/// Connections that the system keeps for the accept loop. The system may have a lower limit of its own
/// (`net.core.somaxconn`).
pub(super) const BACKLOG: u32 = 4_096;

/// A socket to accept connections from.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(super) socket: TcpListener,
    /// Whether a supervisor has it, too: then it stays open when this process has closed it.
    pub(super) inherited: bool,
    /// Whether other processes listen on the same port with sockets of their own.
    pub(super) shared: bool,
}

impl Listener {
    /// The address that was bound; with port 0, the port that was free.
    pub(crate) fn local_addr(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// Binds, and says what to do if that cannot be. `section` is the configuration's, for the message. An IPv6 address
/// takes IPv4 as well where the system does so (`net.ipv6.bindv6only`).
///
/// `reuse_port` lets other processes of this user bind the same port; the system spreads connections over them.
pub(crate) fn bind(host: IpAddr, port: u16, reuse_port: bool, section: &str) -> Result<Listener, StartError> {
    let socket = listen(SocketAddr::new(host, port), reuse_port);
    socket
        .map(|socket| Listener { socket, inherited: false, shared: reuse_port })
        .map_err(|error| refused(&error, host, port, section).caused_by(error))
}

fn listen(address: SocketAddr, reuse_port: bool) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A port whose connections of before are still in TIME_WAIT is free; on Windows the option means another thing.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    if reuse_port {
        share(&socket)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

#[cfg(unix)]
fn share(socket: &TcpSocket) -> io::Result<()> {
    socket.set_reuseport(true)
}

#[cfg(not(unix))]
fn share(_: &TcpSocket) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "`reuse_port` is not known here: set it to `false`"))
}

fn refused(error: &io::Error, host: IpAddr, port: u16, section: &str) -> StartError {
    StartError::surroundings(match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} on {host} is in use: stop what listens there, or choose another port with `{section}.port` \
             (0 for a free one)"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "port {port} on {host} is not allowed to this user: choose one above 1023 with `{section}.port`"
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("{host} is no address of this machine: choose one with `{section}.host`")
        }
        _ => format!("{host} port {port} cannot be listened on: choose another with `{section}.host`"),
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn what_is_wrong_names_the_place_and_the_fix() {
        for (kind, expected) in [
            (io::ErrorKind::AddrInUse, "port 80 on 127.0.0.1 is in use: stop what listens there, or choose"),
            (io::ErrorKind::PermissionDenied, "above 1023 with `admin.port`"),
            (io::ErrorKind::AddrNotAvailable, "127.0.0.1 is no address of this machine"),
            (io::ErrorKind::Other, "choose another with `admin.host`"),
        ] {
            let error = refused(&kind.into(), LOCAL, 80, "admin");
            assert!(error.to_string().contains(expected), "{error}");
            assert_eq!(error.exit(), crate::error::Exit::Refused, "{error}");
        }
    }

    #[tokio::test]
    async fn a_port_is_shared_only_when_both_want_to() {
        for (first, second, expected) in
            [(true, true, true), (false, false, false), (true, false, false), (false, true, false)]
        {
            let taken = bind(LOCAL, 0, first, "server").unwrap();
            let port = taken.local_addr().unwrap().port();
            let again = bind(LOCAL, port, second, "server");
            assert_eq!(again.is_ok(), expected, "{first} {second}");
        }
    }

    #[tokio::test]
    async fn an_address_of_another_machine_is_refused() {
        // Reserved for documentation (RFC 5737).
        let error = bind("192.0.2.1".parse().unwrap(), 0, false, "server").unwrap_err();
        assert!(error.to_string().contains("192.0.2.1 is no address of this machine"), "{error}");
    }
}
