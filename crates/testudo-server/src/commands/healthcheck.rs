//! `healthcheck`: what a container's health check runs where there is no shell.

use std::{
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

use testudo_settings::Settings;

use crate::{
    error::{Exit, StartError},
    talk,
};

/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

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
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(64 * 1_024).read_to_string(&mut answer)?;
    Ok(answer)
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
}
