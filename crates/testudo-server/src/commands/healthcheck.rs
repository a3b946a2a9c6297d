//! `healthcheck`: what a container's health check runs where there is no shell.

use std::{
    io::{ErrorKind, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use testudo_settings::Settings;

use crate::{
    error::{Exit, StartError},
    talk,
};

/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// What of the answer is read.
const MAX_BYTES: usize = 64 * 1_024;

/// Asks the running service. A service that answers no is no error of this command.
pub(crate) fn run(settings: &Settings, readiness: bool) -> Result<Exit, StartError> {
    let address = address(settings)?;
    let path = if readiness { "/readiness" } else { "/health" };
    let answer = ask(address, path).map_err(|error| {
        StartError::incomplete(format!("no answer from http://{address}{path}")).caused_by(error)
    })?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let is_good = head.split_whitespace().nth(1) == Some("200");
    talk::data(body)?;
    Ok(if is_good { Exit::Done } else { Exit::Incomplete })
}

/// The plain listener among the service's.
fn address(settings: &Settings) -> Result<SocketAddr, StartError> {
    let (host, port) = if settings.admin.enabled {
        (settings.admin.host, settings.admin.port)
    } else if settings.server.tls.is_on() {
        return Err(StartError::surroundings(
            "the health check speaks no TLS: set `admin.enabled`, whose listener it then asks",
        ));
    } else {
        (settings.server.host, settings.server.port)
    };
    if port == 0 {
        return Err(StartError::surroundings("a service on a free port (0) cannot be found: name the port"));
    }
    let host = match host {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    Ok(SocketAddr::new(host, port))
}

fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let started = Instant::now();
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let (mut answer, mut piece) = (Vec::new(), [0; 4_096]);
    while answer.len() < MAX_BYTES {
        // For the whole answer, however slowly its bytes come.
        let left = PATIENCE.saturating_sub(started.elapsed());
        if left.is_zero() {
            return Err(ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&piece[..read]),
            // What the system says when the time is up.
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::TimedOut.into()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use testudo_settings::Environment;

    use super::*;

    #[test]
    fn it_asks_the_listener_that_speaks_plainly() {
        for (name, change, expected) in [
            ("operators' listener", (|_| {}) as fn(&mut Settings), Some("127.0.0.1:9000")),
            ("public listener", |s| s.admin.enabled = false, Some("127.0.0.1:8000")),
            (
                "every address",
                |s| {
                    s.admin.enabled = false;
                    s.server.host = [0, 0, 0, 0].into();
                },
                Some("127.0.0.1:8000"),
            ),
            ("free port", |s| s.admin.port = 0, None),
            (
                "TLS alone",
                |s| {
                    s.admin.enabled = false;
                    s.server.tls.certificate = Some("c".into());
                    s.server.tls.key = Some("k".into());
                },
                None,
            ),
        ] {
            let mut settings = Settings::new(Environment::Test);
            change(&mut settings);
            let found = address(&settings).ok().map(|address| address.to_string());
            assert_eq!(found.as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn an_answer_that_comes_byte_by_byte_is_none() {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let service = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            while stream.write_all(b"H").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        assert_eq!(ask(address, "/health").unwrap_err().kind(), ErrorKind::TimedOut);
        service.join().unwrap();
    }
}
