//! The program as a process of its own.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, ChildStderr, Command, Output, Stdio},
    time::Duration,
};

use crate::support::Place;

/// No answer takes that long: a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a run ended.
pub(super) struct Ended {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Runs the program in a folder of its own.
pub(super) fn run(arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    run_in(Place::new().path(), arguments, variables)
}

/// Nobody else has the operators' port.
const FREE_ADMIN_PORT: (&str, &str) = ("TESTUDO__ADMIN__PORT", "0");

/// Runs the program with these variables and no others.
pub(super) fn run_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
    ended(command(folder, arguments, variables).output().expect("the program runs"))
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code().expect("an exit code"),
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
    }
}

fn command(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_catalog"));
    command.args(arguments).env_clear().envs([FREE_ADMIN_PORT]).envs(variables.iter().copied());
    command.current_dir(folder);
    command
}

/// The program, serving. It is ended when it is dropped.
pub(super) struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    greeting: String,
    address: SocketAddr,
    _folder: Place,
}

impl Running {
    /// Waits until it listens.
    pub(super) fn start(variables: &[(&str, &str)]) -> Self {
        let folder = Place::new();
        let command = command(folder.path(), &[], variables);
        Self::spawn(command, folder)
    }

    /// As [`start`](Self::start), on a disk that takes no file larger than this many blocks of 512 bytes.
    #[cfg(unix)]
    pub(super) fn start_on_a_small_disk(blocks: u32, variables: &[(&str, &str)]) -> Self {
        let folder = Place::new();
        // Ignored, the signal becomes an error of the write.
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {}", env!("CARGO_BIN_EXE_catalog"));
        let mut command = Command::new("sh");
        command.args(["-c", &script]).env_clear().envs([FREE_ADMIN_PORT]).envs(variables.iter().copied());
        command.current_dir(folder.path());
        Self::spawn(command, folder)
    }

    fn spawn(mut command: Command, folder: Place) -> Self {
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let greeting = read_to_line(&mut stderr, "listening on ");
        let address =
            greeting.rsplit_once("listening on http://").and_then(|(_, rest)| rest.split(' ').next());
        let address = address.and_then(|address| address.parse().ok()).expect("an address");
        Self { child, stderr, greeting, address, _folder: folder }
    }

    /// Everything up to the line that says where to go.
    pub(super) fn greeting(&self) -> &str {
        &self.greeting
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        Connection(stream)
    }

    /// One request and the whole answer.
    pub(super) fn ask(&self, request: &str) -> String {
        let mut connection = self.connect();
        connection.send(request);
        connection.read_to_end()
    }

    #[cfg(unix)]
    pub(super) fn refuses_connections(&self) -> bool {
        TcpStream::connect(self.address).is_err()
    }

    #[cfg(unix)]
    pub(super) fn signal(&self, name: &str) {
        signal(&self.child, name);
    }

    /// Waits for a line on stderr.
    #[cfg(unix)]
    pub(super) fn wait_for(&mut self, words: &str) {
        read_to_line(&mut self.stderr, words);
    }

    /// Waits for the end.
    #[cfg(unix)]
    pub(super) fn code(&mut self) -> i32 {
        self.child.wait().expect("it ends").code().expect("an exit code")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, on its way to serving. It is ended when it is dropped.
#[cfg(target_os = "linux")]
pub(super) struct Starting(Option<Child>);

#[cfg(target_os = "linux")]
impl Starting {
    pub(super) fn start(folder: &Path, variables: &[(&str, &str)]) -> Self {
        let mut command = command(folder, &[], variables);
        let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        Self(Some(child.expect("the program starts")))
    }

    /// Waits until the kernel says that SIGTERM has a handler.
    pub(super) fn wait_until_it_handles_signals(&self) {
        const SIGTERM: u64 = 1 << (15 - 1);
        let status = format!("/proc/{}/status", self.child().id());
        let handled = || {
            let status = std::fs::read_to_string(&status).expect("the program runs");
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).expect("a mask");
            u64::from_str_radix(caught.trim(), 16).expect("a mask") & SIGTERM != 0
        };
        while !handled() {
            std::thread::yield_now();
        }
    }

    pub(super) fn signal(&self, name: &str) {
        signal(self.child(), name);
    }

    pub(super) fn end(mut self) -> Ended {
        let child = self.0.take().expect("it ends once");
        ended(child.wait_with_output().expect("it ends"))
    }

    fn child(&self) -> &Child {
        self.0.as_ref().expect("it has not ended")
    }
}

#[cfg(target_os = "linux")]
impl Drop for Starting {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &kill]).status().expect("a shell").success(), "{kill}");
}

fn read_to_line(stderr: &mut BufReader<ChildStderr>, words: &str) -> String {
    let mut read = String::new();
    loop {
        let line_start = read.len();
        assert!(stderr.read_line(&mut read).expect("text") > 0, "no line says {words:?}:\n{read}");
        if read[line_start..].contains(words) {
            return read.trim_end().to_owned();
        }
    }
}

/// A client that says exactly what it is told.
pub(super) struct Connection(TcpStream);

impl Connection {
    pub(super) fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).expect("the other side reads");
    }

    pub(super) fn read_until(&mut self, end: &str) -> String {
        let mut read = Vec::new();
        while !read.ends_with(end.as_bytes()) {
            let mut byte = [0];
            self.0
                .read_exact(&mut byte)
                .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&read)));
            read.extend(byte);
        }
        String::from_utf8(read).expect("text")
    }

    pub(super) fn read_to_end(&mut self) -> String {
        let mut read = String::new();
        self.0.read_to_string(&mut read).expect("text");
        read
    }
}
