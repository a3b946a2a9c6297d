//! Takes the time of `cargo check`.

use std::{
    fs::{self, File},
    path::Path,
    time::{Instant, SystemTime},
};

use anyhow::{Context, Result, bail};

use super::service::Service;
use crate::{
    process::{Cmd, cargo, progress},
    stats::Spread,
};

/// What one service took.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) service: Service,
    pub(super) seconds: Spread,
    /// The largest resident memory of the compiler, where GNU `time` is installed.
    pub(super) peak_mib: Option<u64>,
}

/// Checks every service once to warm up, then `rounds` times in turn.
pub(super) fn rounds(home: &Path, services: &[Service], rounds: u32) -> Result<Vec<Measured>> {
    let dependencies = check(home, services).output()?;
    if !dependencies.status.success() {
        bail!("a generated service does not compile:\n{}", String::from_utf8_lossy(&dependencies.stderr));
    }
    let mut seconds = vec![Vec::new(); services.len()];
    for round in 1..=rounds {
        for (service, seconds) in services.iter().zip(&mut seconds) {
            progress(&format!("round {round} of {rounds}: {}", service.package()));
            seconds.push(once(home, *service)?);
        }
    }
    progress("");
    let measured = services.iter().zip(&seconds).map(|(&service, seconds)| {
        let peak_mib = peak_memory(home, service)?;
        Ok(Measured { service, seconds: Spread::of(seconds), peak_mib })
    });
    measured.collect()
}

fn check(home: &Path, services: &[Service]) -> Cmd {
    let packages = services.iter().map(|service| format!("--package={}", service.package()));
    cargo(["check", "--quiet"])
        .args(packages)
        .dir(home)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", "target")
}

fn once(home: &Path, service: Service) -> Result<f64> {
    touch(home, service)?;
    let command = check(home, &[service]);
    let start = Instant::now();
    command.read()?;
    Ok(start.elapsed().as_secs_f64())
}

/// Makes Cargo believe that the service has changed.
fn touch(home: &Path, service: Service) -> Result<()> {
    let source = home.join(service.package()).join("src/lib.rs");
    let file = File::options().append(true).open(&source);
    let touched = file.and_then(|file| file.set_modified(SystemTime::now()));
    touched.with_context(|| format!("cannot touch {}", source.display()))
}

fn peak_memory(home: &Path, service: Service) -> Result<Option<u64>> {
    const GNU_TIME: &str = "/usr/bin/time";
    if fs::metadata(GNU_TIME).is_err() {
        return Ok(None);
    }
    touch(home, service)?;
    let command = check(home, &[service]).wrapped_by([GNU_TIME, "--format=%M"]);
    let said = command.output()?.stderr;
    let kib = String::from_utf8_lossy(&said).lines().last().and_then(|line| line.trim().parse::<u64>().ok());
    Ok(kib.map(|kib| kib / 1024))
}
