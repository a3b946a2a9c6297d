//! Real servers for tests, on free ports and with folders of their own.

mod postgres;
mod redis;

pub use postgres::{Postgres, PostgresDatabase};
pub use redis::RedisServer;

use std::{
    io,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

/// A port that was free a moment ago.
pub(crate) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// A program of these folders, or of `PATH`.
pub(crate) fn program(name: &str, folders: &[PathBuf]) -> PathBuf {
    folders.iter().map(|folder| folder.join(name)).find(|path| path.is_file()).unwrap_or_else(|| name.into())
}

/// A command that does not run as root, which some servers refuse.
pub(crate) fn as_user(user: &str, program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", user, "--regid", user, "--init-groups", "--"]).arg(program);
        return command;
    }
    Command::new(program)
}

pub(crate) fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}
