//! A service as a process.

use std::{
    collections::VecDeque,
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    os::fd::OwnedFd,
    path::Path,
    process::{Child, ChildStderr, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::client;

/// How long a service may take to start or to end.
const PATIENCE: Duration = Duration::from_secs(40);
/// Lines of its log that are kept for whoever asks why.
const KEPT_LINES: usize = 40;

/// A service that listens. It is ended when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// Where operators ask.
    pub(crate) admin: SocketAddr,
    log: Arc<Mutex<VecDeque<String>>>,
}

/// How a process is started.
#[derive(Debug)]
pub(crate) struct Launch<'a> {
    pub(crate) program: &'a Path,
    pub(crate) folder: &'a Path,
    pub(crate) variables: Vec<(&'static str, String)>,
    /// A socket to serve, handed over as its standard input.
    pub(crate) socket: Option<OwnedFd>,
}

impl<'a> Launch<'a> {
    pub(crate) fn new(program: &'a Path, folder: &'a Path) -> Self {
        let variables = [
            ("TESTUDO__ENVIRONMENT", "test"),
            ("TESTUDO__SERVER__PORT", "0"),
            ("TESTUDO__ADMIN__PORT", "0"),
            ("TESTUDO__LOG__FORMAT", "json"),
            ("TESTUDO__LOG__ACCESS", "false"),
        ];
        let variables = variables.map(|(name, value)| (name, value.to_owned())).into();
        Self { program, folder, variables, socket: None }
    }

    #[expect(clippy::needless_pass_by_value, reason = "numbers and texts, as they come")]
    pub(crate) fn set(mut self, name: &'static str, value: impl ToString) -> Self {
        self.variables.push((name, value.to_string()));
        self
    }

    /// The process, with its log on a pipe.
    pub(crate) fn spawn(self) -> Result<Child> {
        let mut command = Command::new(self.program);
        command.env_clear().envs(self.variables).current_dir(self.folder).stdin(Stdio::null());
        if let Some(socket) = self.socket {
            command.stdin(socket).envs([("LISTEN_FDS", "1"), ("LISTEN_FDS_FIRST_FD", "0")]);
        }
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        child.with_context(|| format!("cannot start {}", self.program.display()))
    }

    /// Waits until it listens.
    pub(crate) fn start(self) -> Result<Server> {
        let mut child = self.spawn()?;
        let stderr = child.stderr.take().context("it has a pipe")?;
        let log = Arc::new(Mutex::new(VecDeque::new()));
        let listening = follow(stderr, Arc::clone(&log));
        let Ok((address, admin)) = listening.recv_timeout(PATIENCE) else {
            let _ = child.kill();
            let _ = child.wait();
            bail!("it does not listen:\n{}", tail(&log));
        };
        Ok(Server { child, address, admin, log })
    }
}

/// Reads the log to its end, and says where the service listens.
fn follow(
    stderr: ChildStderr,
    log: Arc<Mutex<VecDeque<String>>>,
) -> mpsc::Receiver<(SocketAddr, SocketAddr)> {
    let (say, said) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            if let Some(addresses) = addresses(&line) {
                let _ = say.send(addresses);
            }
            let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
            if log.len() == KEPT_LINES {
                log.pop_front();
            }
            log.push_back(line);
        }
    });
    said
}

/// What the line says that a service listens.
fn addresses(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let line: Value = serde_json::from_str(line).ok()?;
    if line["message"] != "listening" {
        return None;
    }
    let host = line["server.address"].as_str()?.parse().ok()?;
    let port = u16::try_from(line["server.port"].as_u64()?).ok()?;
    Some((SocketAddr::new(host, port), line["admin.address"].as_str()?.parse().ok()?))
}

fn tail(log: &Mutex<VecDeque<String>>) -> String {
    let log = log.lock().unwrap_or_else(PoisonError::into_inner);
    log.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
}

impl Server {
    /// Waits until operators hear that it is ready.
    pub(crate) fn ready(self) -> Result<Self> {
        until("it is ready", PATIENCE, || Ok(self.admin_status("/readiness") == Some(200)))?;
        Ok(self)
    }

    fn admin_status(&self, path: &str) -> Option<u16> {
        client::get(self.admin, path).ok().map(|answer| answer.status)
    }

    pub(crate) fn signal(&self, name: &str) -> Result<()> {
        let kill = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status()?;
        anyhow::ensure!(kill.success(), "SIG{name} does not arrive");
        Ok(())
    }

    /// Waits for the end.
    pub(crate) fn ended(&mut self) -> Result<ExitStatus> {
        until("it ends", PATIENCE, || Ok(self.child.try_wait()?.is_some()))?;
        Ok(self.child.wait()?)
    }

    /// Its resident memory, in MiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        memory(self.child.id())
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The last lines of its log.
    pub(crate) fn log(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The resident memory of a process, in MiB.
pub(crate) fn memory(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).context("the process is gone")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1_024.0)
}

/// Waits until something is so.
///
/// # Errors
/// If it does not become so in time.
pub(crate) fn until(
    what: &str,
    patience: Duration,
    mut holds: impl FnMut() -> Result<bool>,
) -> Result<Duration> {
    let start = Instant::now();
    while !holds()? {
        if start.elapsed() > patience {
            bail!("within {patience:?} it was not so that {what}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(start.elapsed())
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_service_listens_is_read_off_its_log() {
        let line = r#"{"message":"listening","server.address":"127.0.0.1","server.port":8000,"admin.address":"127.0.0.1:9000"}"#;
        let expected = ("127.0.0.1:8000".parse().unwrap(), "127.0.0.1:9000".parse().unwrap());
        assert_eq!(addresses(line), Some(expected));
        for other in ["listening", "{}", r#"{"message":"told to stop"}"#] {
            assert_eq!(addresses(other), None, "{other}");
        }
    }
}
