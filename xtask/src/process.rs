//! Other programs, run with an echo of what is run.

use std::{
    ffi::OsStr,
    io::{IsTerminal, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, bail};

/// A program with its arguments.
#[derive(Debug)]
pub(crate) struct Cmd {
    command: Command,
}

/// The Cargo that runs this command.
pub(crate) fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Cmd {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // What Cargo set for this program is not meant for the packages it builds next.
    let inherited = std::env::vars_os().map(|(name, _)| name);
    let own = inherited.filter(|name| {
        let name = name.to_string_lossy();
        name.starts_with("CARGO_PKG_")
            || name.starts_with("CARGO_MANIFEST_")
            || name == "CARGO_PRIMARY_PACKAGE"
    });
    let mut cmd = Cmd::new(program);
    for name in own {
        cmd.command.env_remove(name);
    }
    cmd.args(arguments)
}

impl Cmd {
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self { command }
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Lets its standard error through, where it reports progress.
    pub(crate) fn show_errors(mut self) -> Self {
        self.command.stderr(Stdio::inherit());
        self
    }

    /// The same, run by another program: `time cargo check`.
    pub(crate) fn wrapped_by<'a>(self, wrapper: impl IntoIterator<Item = &'a str>) -> Self {
        let mut wrapper = wrapper.into_iter();
        let outer = Self::new(wrapper.next().unwrap_or("env")).args(wrapper);
        let mut outer = outer.args([self.command.get_program()]).args(self.command.get_args());
        if let Some(dir) = self.command.get_current_dir() {
            outer.command.current_dir(dir);
        }
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => outer.command.env(name, value),
                None => outer.command.env_remove(name),
            };
        }
        outer
    }

    /// Runs it on this terminal after an echo. Says whether it succeeded.
    pub(crate) fn run(mut self) -> Result<bool> {
        echo(&self.to_string());
        let status = self.command.status().with_context(|| format!("cannot start {self}"))?;
        Ok(status.success())
    }

    /// Runs it in silence and returns all it said.
    pub(crate) fn output(mut self) -> Result<Output> {
        self.command.output().with_context(|| format!("cannot start {self}"))
    }

    /// Runs it in silence and returns its standard output.
    ///
    /// # Errors
    /// If it fails, with what it said.
    pub(crate) fn read(self) -> Result<String> {
        let shown = self.to_string();
        let output = self.output()?;
        if !output.status.success() {
            bail!("{shown} failed:\n{}", String::from_utf8_lossy(&output.stderr).trim_end());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The command itself, for what is not covered here.
    pub(crate) fn into_inner(self) -> Command {
        self.command
    }
}

impl std::fmt::Display for Cmd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let program = Path::new(self.command.get_program());
        write!(f, "{}", program.file_name().unwrap_or(program.as_os_str()).display())?;
        self.command.get_args().try_for_each(|argument| write!(f, " {}", argument.display()))
    }
}

/// Shows a command before it runs.
pub(crate) fn echo(command: &str) {
    eprintln!("$ {command}");
}

/// Starts a section of the output.
pub(crate) fn section(title: &str) {
    eprintln!("\n== {title} ==");
}

/// Shows how far a long operation is, on a terminal only: one line that is written over.
pub(crate) fn progress(text: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // A terminal that went away is no reason to stop.
        let _ = write!(stderr, "\r\x1b[2K{text}");
        let _ = stderr.flush();
    }
}
