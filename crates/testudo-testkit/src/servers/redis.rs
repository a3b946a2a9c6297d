//! Redis.

use std::{
    fs::File,
    io::{self, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{free_port, program};

/// How long it may take to start.
const START: Duration = Duration::from_secs(20);
/// How often a start that lost its port to somebody else is tried again.
const ATTEMPTS: usize = 5;

/// A Redis server of a test's own, stopped and removed when it is dropped.
///
/// ```
/// use testudo_testkit::RedisServer;
///
/// let server = RedisServer::start().unwrap();
/// assert_eq!(server.url(), format!("redis://{}", server.address()));
/// assert_eq!(server.execute(&["SET", "note", "kept"]), "+OK");
/// assert_eq!(server.execute(&["EXISTS", "note"]), ":1");
/// server.freeze(); // it accepts connections and answers nothing
/// server.thaw();
///
/// server.stop();
/// server.start_again();
/// assert_eq!(server.execute(&["EXISTS", "note"]), ":0"); // it had nothing written down
/// ```
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    process: Mutex<Option<Child>>,
}

impl RedisServer {
    /// Starts one in a temporary folder, on a free port of the loopback interface. It keeps nothing on disk.
    ///
    /// # Errors
    /// If Redis is not installed, or does not start.
    pub fn start() -> io::Result<Self> {
        let mut failed = io::Error::other("Redis does not start");
        for _ in 0..ATTEMPTS {
            let folder = tempfile::Builder::new().prefix("testudo-redis-").tempdir()?;
            let server = Self { folder, port: free_port()?, process: Mutex::default() };
            match server.launch() {
                Ok(()) => return Ok(server),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(error),
                // The port was free a moment ago.
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://{}", self.address())
    }

    /// Its address, `host:port`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Stops it in its tracks (SIGSTOP): connections are accepted, nothing is answered.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets it go on (SIGCONT).
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Kills it (SIGKILL); what it had is gone.
    pub fn stop(&self) {
        if let Some(mut process) = self.process.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Starts it again on the port it had, with nothing in it.
    pub fn start_again(&self) {
        self.launch().expect("the server starts again");
    }

    /// Runs one command, and returns the first line of what it answers, as it is on the wire: `+OK`, `:1`, `-ERR ..`.
    pub fn execute(&self, command: &[&str]) -> String {
        self.ask(command).expect("the server answers")
    }

    fn launch(&self) -> io::Result<()> {
        let log = self.folder.path().join("log");
        let mut command = Command::new(program("redis-server", &[]));
        command.args([
            "--port",
            &self.port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        command.arg("--dir").arg(self.folder.path()).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(File::create(&log)?).stderr(Stdio::null());
        let mut process = command.spawn()?;
        let end = Instant::now() + START;
        while !self.ask(&["PING"]).is_ok_and(|answer| answer == "+PONG") {
            if process.try_wait()?.is_some() || Instant::now() > end {
                let _ = process.kill();
                let _ = process.wait();
                return Err(io::Error::other(last_line(&log)));
            }
            thread::sleep(Duration::from_millis(5));
        }
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(process);
        Ok(())
    }

    fn ask(&self, command: &[&str]) -> io::Result<String> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port))?;
        connection.set_read_timeout(Some(START))?;
        let mut written = format!("*{}\r\n", command.len());
        for part in command {
            written.extend(["$", &part.len().to_string(), "\r\n", part, "\r\n"]);
        }
        connection.write_all(written.as_bytes())?;
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"\r\n") {
            connection.read_exact(&mut byte)?;
            answer.extend(byte);
        }
        Ok(String::from_utf8_lossy(answer.trim_ascii_end()).into_owned())
    }

    fn signal(&self, signal: &str) {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let pid = process.as_ref().expect("the server runs").id().to_string();
        let status = Command::new("kill").args([format!("-{signal}"), pid]).status();
        assert!(status.is_ok_and(|status| status.success()), "the server gets the signal");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        // A process that stands still is killed all the same.
        self.stop();
    }
}

fn last_line(log: &Path) -> String {
    let log = std::fs::read_to_string(log).unwrap_or_default();
    format!("redis-server: {}", log.trim_end().lines().next_back().unwrap_or("it does not answer"))
}
