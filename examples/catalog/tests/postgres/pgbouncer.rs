//! A pgbouncer in transaction mode between the service and its database.

use std::{
    fs, io,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use testudo_testkit::Postgres;

use crate::service::{catalogue, crowd, installed, postgres, status, until, write};

/// Connections to the server: fewer than the service has to pgbouncer, so that they change hands all the time.
const SERVER_CONNECTIONS: usize = 2;

/// A pgbouncer in front of a server, ended when it is dropped.
struct Pgbouncer {
    child: Child,
    address: String,
    _folder: TempDir,
}

impl Pgbouncer {
    fn start(server: &Postgres) -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let (host, server_port) = server
            .address()
            .split_once(':')
            .map(|(host, port)| (host.to_owned(), port.to_owned()))
            .expect("host:port");
        let (file, users) = (folder.path().join("pgbouncer.ini"), folder.path().join("users"));
        fs::write(&users, "\"postgres\" \"\"\n")?;
        fs::write(
            &file,
            format!(
                "[databases]\n* = host={host} port={server_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = transaction\n\
                 default_pool_size = {SERVER_CONNECTIONS}\nmax_client_conn = 100\n",
                users.display()
            ),
        )?;
        // As root it wants to become somebody else.
        let is_root = Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0";
        let mut command = Command::new("pgbouncer");
        if is_root {
            Command::new("chmod").args(["-R", "a+rX"]).arg(folder.path()).status()?;
            command.args(["--user", "postgres"]);
        }
        let child =
            command.arg(&file).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let address = format!("127.0.0.1:{port}");
        let bouncer = Self { child, address, _folder: folder };
        until("pgbouncer listens", || TcpStream::connect(&bouncer.address).is_ok());
        Ok(bouncer)
    }
}

impl Drop for Pgbouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn server_connections_change_hands_between_statements_and_every_request_is_answered() {
    let Some(server) = postgres() else { return };
    let Some(bouncer) = installed("pgbouncer", Pgbouncer::start(&server)) else { return };
    let variables = [
        ("TESTUDO__DATABASE__PGBOUNCER", "true"),
        ("TESTUDO__DATABASE__MAX_CONNECTIONS", "10"),
        ("TESTUDO__DATABASE__ACQUIRE_TIMEOUT", "10s"),
    ];
    // Two that migrate, and then serve at the same time.
    let services = [catalogue(&bouncer.address, &variables), catalogue(&bouncer.address, &variables)];
    for round in 0..20 {
        let crowds = services
            .each_ref()
            .map(|service| (crowd(service, "/products", 8), crowd(service, "/products/1", 8)));
        for service in &services {
            assert_eq!(write(service), 201, "{round}");
        }
        for (all, one) in crowds {
            for answer in all.join().into_iter().chain(one.join()) {
                assert_eq!(status(&answer), 200, "{round}: {answer}");
            }
        }
    }
}
