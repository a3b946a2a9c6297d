//! The Postgres that obeys, as a process: see `exercises/src/bin/exercise-postgres.rs`.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::exercise::Programs;

/// A server of the exercise's own. It is removed when this is dropped.
pub(super) struct Postgres {
    child: Child,
    tell: Option<ChildStdin>,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Postgres {
    pub(super) fn start(programs: &Programs) -> Result<Self> {
        let mut command = Command::new(programs.path("exercise-postgres"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let tell = child.stdin.take();
        let mut said = BufReader::new(child.stdout.take().context("it has a pipe")?);
        let mut address = String::new();
        said.read_line(&mut address)?;
        ensure!(!address.is_empty(), "PostgreSQL does not start");
        Ok(Self { child, tell, said, address: address.trim().to_owned() })
    }

    /// `host:port`.
    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Tells it to do something, and returns what it says once that is done.
    pub(super) fn tell(&mut self, what: &str) -> Result<String> {
        self.begin(what)?;
        self.done()
    }

    /// Tells it to do something, and does not wait.
    pub(super) fn begin(&mut self, what: &str) -> Result<()> {
        let tell = self.tell.as_mut().context("it is told something")?;
        writeln!(tell, "{what}")
            .and_then(|()| tell.flush())
            .with_context(|| format!("cannot tell it to {what}"))
    }

    /// Waits for what it was told last.
    pub(super) fn done(&mut self) -> Result<String> {
        let mut said = String::new();
        loop {
            let start = said.len();
            ensure!(self.said.read_line(&mut said)? > 0, "the Postgres that obeys has ended: {said}");
            if said[start..].trim_end() == "done" {
                said.truncate(start);
                return Ok(said);
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Without more to obey it removes its servers, and ends.
        self.tell = None;
        let _ = self.child.wait();
    }
}
