//! A pgbouncer in transaction mode between the service and its database.

use std::{
    fs, io,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;
use testudo_testkit::Postgres;

use crate::{
    process::run,
    service::{catalogue, crowd, installed, postgres, status, until, write},
};

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
                 default_pool_size = {SERVER_CONNECTIONS}\nmax_client_conn = 100\n{}",
                users.display(),
                if keeps_statements_apart() { "max_prepared_statements = 200\n" } else { "" },
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

/// Whether the installed one knows which client has prepared which statement.
fn keeps_statements_apart() -> bool {
    let said = Command::new("pgbouncer").arg("--version").output();
    let said = said.map(|output| output.stdout).unwrap_or_default();
    let said = String::from_utf8_lossy(&said).into_owned();
    let version = said.lines().next().and_then(|line| line.split_whitespace().nth(1)).unwrap_or_default();
    let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or_default());
    (numbers.next(), numbers.next()) >= (Some(1), Some(21))
}

const PGBOUNCER: (&str, &str) = ("TESTUDO__DATABASE__PGBOUNCER", "true");

#[test]
fn a_pgbouncer_serves_every_request_or_the_service_does_not_start() {
    let Some(server) = postgres() else { return };
    let Some(bouncer) = installed("pgbouncer", Pgbouncer::start(&server)) else { return };
    if keeps_statements_apart() {
        every_request_is_answered(&server, &bouncer);
    } else {
        it_is_refused(&bouncer);
    }
}

/// Server connections change hands between statements.
fn every_request_is_answered(server: &Postgres, bouncer: &Pgbouncer) {
    migrated(&server.address());
    let variables = [
        PGBOUNCER,
        ("TESTUDO__DATABASE__MAX_CONNECTIONS", "10"),
        ("TESTUDO__DATABASE__ACQUIRE_TIMEOUT", "10s"),
    ];
    let services = [catalogue(&bouncer.address, &variables), catalogue(&bouncer.address, &variables)];
    for round in 0..10 {
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

/// The lock of migrations belongs to a server connection, so they go past the pgbouncer.
fn migrated(address: &str) {
    let url = format!("postgres://postgres@{address}/postgres");
    let variables = [("TESTUDO__ENVIRONMENT", "development"), ("TESTUDO__DATABASE__URL", url.as_str())];
    let ended = run(&["migrate"], &variables);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

fn it_is_refused(bouncer: &Pgbouncer) {
    let url = format!("postgres://postgres@{}/postgres", bouncer.address);
    let variables = [
        ("TESTUDO__ENVIRONMENT", "development"),
        ("TESTUDO__SERVER__PORT", "0"),
        ("TESTUDO__DATABASE__URL", url.as_str()),
        PGBOUNCER,
    ];
    // What the first leaves behind is nothing to the second.
    for _ in 0..2 {
        let ended = run(&["serve"], &variables);
        assert_eq!(ended.code, 2, "{}", ended.stderr);
        assert!(ended.stderr.contains("set `max_prepared_statements = 200`"), "{}", ended.stderr);
    }
}
