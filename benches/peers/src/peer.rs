//! A peer: a program that serves the route, in a process of its own.

use std::{
    fs,
    io::ErrorKind,
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;

/// How long a peer may take to start; below valgrind it takes a while.
const START: Duration = Duration::from_mins(1);
/// How often it is asked whether it is there.
const ASK: Duration = Duration::from_millis(20);

/// Which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Bare axum.
    Bare,
    /// Testudo.
    Testudo,
    /// The same as a stack of tower layers.
    TowerHttp,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bare, Self::Testudo, Self::TowerHttp];

    /// The program's name.
    pub fn id(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Testudo => "testudo",
            Self::TowerHttp => "tower-http",
        }
    }

    /// What it shows, as a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Bare => "a JSON route on bare axum, with nothing round it",
            Self::Testudo => "a JSON route behind the whole production stack",
            Self::TowerHttp => "a JSON route behind the same stack of tower layers",
        }
    }
}

/// A running peer.
#[derive(Debug)]
pub struct Peer {
    process: Child,
    address: SocketAddr,
}

impl Peer {
    /// Starts a program of this folder, perhaps below another one (`valgrind`), and waits until it listens. Its log goes
    /// to `log`.
    ///
    /// # Errors
    /// If it does not start.
    pub fn start(kind: Kind, workers: usize, wrapper: &[String], log: Stdio) -> Result<Self> {
        let program = folder()?.join(kind.id());
        let mut command = match wrapper {
            [] => Command::new(&program),
            [outer, arguments @ ..] => {
                let mut command = Command::new(outer);
                command.args(arguments).arg(&program);
                command
            }
        };
        let address = free_port()?;
        if kind == Kind::Testudo {
            let settings = concat!("--config=", env!("CARGO_MANIFEST_DIR"), "/testudo.toml");
            command.args([settings, &format!("--set=server.port={}", address.port())]);
            command.arg(format!("--set=server.workers={workers}"));
        }
        command.env("PORT", address.port().to_string()).env("WORKERS", workers.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let process = command.spawn().with_context(|| format!("cannot start {}", program.display()))?;
        let mut peer = Self { process, address };
        peer.wait_until_it_listens().with_context(|| format!("waiting for {}", kind.id()))?;
        Ok(peer)
    }

    fn wait_until_it_listens(&mut self) -> Result<()> {
        let start = Instant::now();
        while start.elapsed() < START {
            if let Some(status) = self.process.try_wait()? {
                bail!("it has ended: {status}");
            }
            match TcpStream::connect(self.address) {
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => thread::sleep(ASK),
                Err(error) => return Err(error.into()),
            }
        }
        bail!("it does not listen after {START:?}")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Nanoseconds that all its threads have run so far, where the kernel says.
    pub fn cpu_time(&self) -> Option<f64> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process.id())).ok()?;
        let times = threads.map(|thread| {
            let text = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse::<f64>().ok()
        });
        times.sum()
    }

    /// Stops it, and waits until it has ended.
    ///
    /// # Errors
    /// If it did not end well.
    pub fn stop(mut self) -> Result<()> {
        // The standard library knows no signal but SIGKILL.
        let told = Command::new("kill").arg(self.process.id().to_string()).status()?;
        ensure!(told.success(), "a peer cannot be told to stop");
        let ended: ExitStatus = self.process.wait()?;
        ensure!(ended.success(), "a peer has ended: {ended}");
        Ok(())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // After `stop` there is nothing left to do, and otherwise nobody to tell.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the programs are: beside this one, and for a test one folder up.
fn folder() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("a program is in a folder")?;
    let folder = if folder.ends_with("deps") { folder.parent().unwrap_or(folder) } else { folder };
    Ok(folder.to_owned())
}

fn free_port() -> Result<SocketAddr> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?)
}
