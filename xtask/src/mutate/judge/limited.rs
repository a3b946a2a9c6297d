//! Programs that are stopped when they take too long.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::Path,
    process::Child,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::process::Cmd;

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// `false` also when it was stopped.
    pub(super) success: bool,
    /// All it said.
    pub(super) text: String,
}

/// Runs a program, and stops it with all it started after `limit`.
pub(super) fn run(command: Cmd, scratch: &Path, limit: Duration) -> Result<Ended> {
    fs::create_dir_all(scratch)?;
    let log = scratch.join("last-output.txt");
    let file = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut child = command.into_inner().stdout(file.try_clone()?).stderr(file).process_group(0).spawn()?;
    let success = wait(&mut child, limit)?;
    let text = String::from_utf8_lossy(&fs::read(&log)?).into_owned();
    Ok(Ended { success, text })
}

fn wait(child: &mut Child, limit: Duration) -> Result<bool> {
    let start = Instant::now();
    while start.elapsed() < limit {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        thread::sleep(Duration::from_millis(20));
    }
    Cmd::new("kill").args(["-KILL".to_owned(), "--".to_owned(), format!("-{}", child.id())]).output()?;
    child.wait()?;
    Ok(false)
}
