//! PostgreSQL.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
};

use tempfile::TempDir;

use super::{as_user, free_port, is_root, program};

/// Where a server is that several test processes share: `postgres://user@host:port`, without a database.
const SHARED: &str = "TESTUDO_TEST_POSTGRES";
/// Who runs the server when the tests run as root, whom it refuses.
const USER: &str = "postgres";

/// A PostgreSQL server of a test's own, stopped and removed when it is dropped.
///
/// ```
/// use testudo_testkit::Postgres;
///
/// let server = Postgres::start().unwrap();
/// assert!(server.url("postgres").starts_with("postgres://postgres@127.0.0.1:"));
/// assert_eq!(server.shared_variable().1, format!("postgres://postgres@{}", server.address()));
/// server.freeze(); // it accepts connections and answers nothing
/// server.thaw();
/// assert_eq!(server.execute("postgres", "SELECT pg_is_in_recovery()"), "f");
///
/// let standby = server.standby().unwrap();
/// server.stop();
/// standby.promote();
/// assert_eq!(standby.execute("postgres", "SELECT pg_is_in_recovery()"), "f");
/// server.start_again();
/// ```
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
}

impl Postgres {
    /// Makes a cluster in a temporary folder and starts it on a free port of the loopback interface.
    ///
    /// # Errors
    /// If PostgreSQL is not installed, or does not start.
    pub fn start() -> io::Result<Self> {
        let server = Self::folder()?;
        let initdb = ["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"];
        let data = server.data();
        server.run("initdb", |command| command.args(initdb).arg("--pgdata").arg(&data))?;
        server.configure("")?;
        server.launch()?;
        Ok(server)
    }

    /// Makes a standby that follows this server, and starts it.
    ///
    /// # Errors
    /// If it does not start.
    pub fn standby(&self) -> io::Result<Self> {
        let standby = Self::folder()?;
        let (data, from) = (standby.data(), self.port.to_string());
        standby.run("pg_basebackup", |command| {
            command.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &from, "--write-recovery-conf"]);
            command.args(["--checkpoint=fast", "--no-sync", "--pgdata"]).arg(&data)
        })?;
        standby.configure("")?;
        standby.launch()?;
        Ok(standby)
    }

    /// Makes a standby take writes. Returns when it does.
    pub fn promote(&self) {
        self.pg_ctl(&["promote", "--wait"]);
    }

    /// The URL of one of its databases.
    pub fn url(&self, database: &str) -> String {
        format!("postgres://postgres@{}/{database}", self.address())
    }

    /// Its address, `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Stops every process of the server in its tracks (SIGSTOP): connections are accepted, nothing is answered.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on (SIGCONT).
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Stops it; its data stays.
    pub fn stop(&self) {
        self.pg_ctl(&["stop", "--mode=immediate", "--wait"]);
    }

    /// Starts it again where it was, with the data it had.
    pub fn start_again(&self) {
        self.launch().expect("the server starts again");
    }

    /// Runs a statement in a database, and returns what `psql` prints.
    pub fn execute(&self, database: &str, statement: &str) -> String {
        psql(&self.url(database), statement)
    }

    /// What [`PostgresDatabase`]s of other processes read from their environment to share this server: name and value.
    pub fn shared_variable(&self) -> (&'static str, String) {
        (SHARED, format!("postgres://postgres@{}", self.address()))
    }

    fn folder() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("testudo-postgres-").tempdir()?;
        if is_root() {
            checked(Command::new("chown").arg(USER).arg(folder.path()).output()?)?;
        }
        Ok(Self { folder, port: free_port()? })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn configure(&self, more: &str) -> io::Result<()> {
        let folder = self.folder.path().display();
        // Nothing has to survive a power failure here.
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {}\nunix_socket_directories = '{folder}'\nfsync = off\n\
             synchronous_commit = off\nfull_page_writes = off\nmax_connections = 60\nwal_level = replica\n\
             max_wal_senders = 4\nhot_standby = on\nshared_buffers = 16MB\n{more}",
            self.port
        );
        let file = self.data().join("postgresql.auto.conf");
        let before = fs::read_to_string(&file).unwrap_or_default();
        fs::write(file, before + &settings)
    }

    fn launch(&self) -> io::Result<()> {
        let (data, log) = (self.data(), self.folder.path().join("log"));
        self.run("pg_ctl", |command| {
            command.arg("--pgdata").arg(&data).arg("--log").arg(&log).args(["start", "--wait", "--silent"])
        })
    }

    fn pg_ctl(&self, arguments: &[&str]) {
        let data = self.data();
        self.run("pg_ctl", |command| command.arg("--pgdata").arg(&data).args(arguments).arg("--silent"))
            .expect("pg_ctl does what it is told");
    }

    fn run(&self, name: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) -> io::Result<()> {
        let mut command = as_user(USER, &program(name, &folders()));
        // Not this process' folder, which the server's user may not enter; and no pipe that the server would inherit.
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        let errors = self.folder.path().join("errors");
        arguments(&mut command).stdout(Stdio::null()).stderr(fs::File::create(&errors)?);
        let status = command.status()?;
        if status.success() {
            return Ok(());
        }
        Err(io::Error::other(format!("{name}: {}", fs::read_to_string(errors).unwrap_or_default().trim())))
    }

    fn signal(&self, signal: &str) {
        let pid = fs::read_to_string(self.data().join("postmaster.pid")).expect("the server runs");
        let pid = pid.lines().next().expect("the first line is the process").trim().to_owned();
        let children = Command::new("pgrep").args(["-P", &pid]).output().expect("pgrep");
        let children = String::from_utf8_lossy(&children.stdout).into_owned();
        let all = std::iter::once(pid.as_str()).chain(children.split_whitespace());
        // A child that has just ended is no error.
        let _ = Command::new("kill").arg(format!("-{signal}")).args(all).stderr(Stdio::null()).status();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.thaw_if_running();
        let data = self.data();
        let _ = self.run("pg_ctl", |command| {
            command.arg("--pgdata").arg(&data).args(["stop", "--mode=immediate", "--wait", "--silent"])
        });
    }
}

impl Postgres {
    fn thaw_if_running(&self) {
        if self.data().join("postmaster.pid").is_file() {
            self.thaw();
        }
    }
}

/// A database of a test's own, on a server that all tests share; removed when it is dropped.
///
/// The server is the one that `TESTUDO_TEST_POSTGRES` names, which `cargo xtask test` sets; without it, the databases of
/// one process share a server that is stopped with the last of them.
///
/// ```
/// use testudo_testkit::PostgresDatabase;
///
/// let database = PostgresDatabase::create().unwrap();
/// database.execute("CREATE TABLE notes (text TEXT)");
/// assert_eq!(database.execute("SELECT count(*) FROM notes"), "0");
/// assert!(database.url().starts_with("postgres://"));
/// ```
#[derive(Debug)]
pub struct PostgresDatabase {
    server: String,
    name: String,
    /// Kept as long as the database, where there is no other.
    _own: Option<Arc<Postgres>>,
}

impl PostgresDatabase {
    /// Makes one.
    ///
    /// # Errors
    /// If there is no server and none can be started.
    pub fn create() -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let (server, own) = if let Ok(server) = std::env::var(SHARED) {
            (server, None)
        } else {
            let own = shared()?;
            (format!("postgres://postgres@{}", own.address()), Some(own))
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        psql(&format!("{server}/postgres"), &format!("CREATE DATABASE {name}"));
        Ok(Self { server, name, _own: own })
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    /// Runs a statement in it, and returns what `psql` prints.
    pub fn execute(&self, statement: &str) -> String {
        psql(&self.url(), statement)
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        psql(&format!("{}/postgres", self.server), &drop);
    }
}

/// The server that databases of this process share.
fn shared() -> io::Result<Arc<Postgres>> {
    static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
    let mut server = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(running) = server.upgrade() {
        return Ok(running);
    }
    let started = Arc::new(Postgres::start()?);
    *server = Arc::downgrade(&started);
    Ok(started)
}

fn psql(url: &str, statement: &str) -> String {
    let mut psql = Command::new(program("psql", &folders()));
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
    let output = psql.args(["--dbname", url, "--command", statement]).output().expect("psql is installed");
    let output = checked(output).unwrap_or_else(|error| panic!("{statement}: {error}"));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

fn checked(output: Output) -> io::Result<Output> {
    if output.status.success() {
        return Ok(output);
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Debian keeps the programs of each version in a folder of its own.
fn folders() -> Vec<PathBuf> {
    let versions = fs::read_dir(Path::new("/usr/lib/postgresql")).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_survives_what_tests_do_to_it() {
        let server = Postgres::start().unwrap();
        server.execute("postgres", "CREATE TABLE notes (text TEXT)");
        server.freeze();
        server.thaw();
        server.execute("postgres", "INSERT INTO notes VALUES ('kept')");
        server.execute("postgres", "CHECKPOINT");
        server.stop();
        server.start_again();
        assert_eq!(server.execute("postgres", "SELECT text FROM notes"), "kept");
        let standby = server.standby().unwrap();
        assert_eq!(standby.execute("postgres", "SELECT pg_is_in_recovery()"), "t");
        server.stop();
        standby.promote();
        assert_eq!(standby.execute("postgres", "SELECT pg_is_in_recovery()"), "f");
        assert_eq!(standby.execute("postgres", "SELECT text FROM notes"), "kept");
        server.start_again();
    }
}
