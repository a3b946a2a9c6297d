//! What must be on the machine besides a Rust toolchain.

use anyhow::{Result, bail};

use crate::process::Cmd;

/// A program that comes from the system's packages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// What a reader calls it.
    name: &'static str,
    /// A command that succeeds where it is installed.
    probe: &'static [&'static str],
    /// Its package on Debian and Ubuntu.
    package: &'static str,
}

/// Compiles the C parts of dependencies (`SQLite`) and links everything.
pub(crate) const C_COMPILER: Need =
    Need { name: "a C compiler", probe: &["cc", "--version"], package: "build-essential" };

/// Runs the lines of the README.
pub(crate) const CURL: Need = Need { name: "curl", probe: &["curl", "--version"], package: "curl" };

/// The database of the tests that need a real server.
pub(crate) const POSTGRES: Need = Need {
    name: "PostgreSQL",
    // Not on the path on Debian, where each version has a folder of its own.
    probe: &["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb || command -v initdb"],
    package: "postgresql",
};

/// Finds the processes of a server that a test freezes.
pub(crate) const PROCPS: Need = Need { name: "pgrep", probe: &["pgrep", "--version"], package: "procps" };

/// Reads what `/metrics` says, and judges it.
pub(crate) const PROMETHEUS: Need =
    Need { name: "Prometheus", probe: &["promtool", "--version"], package: "prometheus" };

/// A pool of connections in front of the database.
pub(crate) const PGBOUNCER: Need =
    Need { name: "pgbouncer", probe: &["pgbouncer", "--version"], package: "pgbouncer" };

/// The store of the tests that need one that several processes share.
pub(crate) const REDIS: Need =
    Need { name: "Redis", probe: &["redis-server", "--version"], package: "redis-server" };

/// Counts instructions.
pub(crate) const VALGRIND: Need =
    Need { name: "valgrind", probe: &["valgrind", "--version"], package: "valgrind" };

/// A proxy in front of a service.
pub(crate) const HAPROXY: Need = Need { name: "HAProxy", probe: &["haproxy", "-v"], package: "haproxy" };

/// Another proxy in front of a service.
pub(crate) const NGINX: Need = Need { name: "nginx", probe: &["nginx", "-v"], package: "nginx" };

/// Makes the certificate of a service that is judged.
pub(crate) const OPENSSL: Need = Need { name: "openssl", probe: &["openssl", "version"], package: "openssl" };

/// Runs what judges header fields. Its packages need this version, which older distributions do not have.
pub(crate) const NODE: Need = Need {
    name: "Node.js 20 or newer",
    probe: &["node", "--eval", "process.exitCode = parseInt(process.versions.node) >= 20 ? 0 : 1"],
    package: "nodejs",
};

/// Installs what judges header fields.
pub(crate) const NPM: Need = Need { name: "npm", probe: &["npm", "--version"], package: "npm" };

/// Makes sure that all of these are there: installs them as root, and names them with the command for anybody else.
///
/// # Errors
/// If something is missing afterwards.
pub(crate) fn provide(needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs.iter().copied().filter(|need| !need.is_there()).collect();
    for need in &missing {
        eprintln!("missing: {} (sudo apt-get install -y {})", need.name, need.package);
    }
    if !missing.is_empty() && is_root() {
        install(&missing)?;
    }
    let left: Vec<&str> = missing.iter().filter(|need| !need.is_there()).map(|need| need.name).collect();
    if !left.is_empty() {
        bail!("{} must be installed first, see above", left.join(" and "));
    }
    Ok(())
}

impl Need {
    fn is_there(self) -> bool {
        let probe = Cmd::new(self.probe[0]).args(&self.probe[1..]).output();
        probe.is_ok_and(|output| output.status.success())
    }
}

fn install(missing: &[Need]) -> Result<()> {
    let apt = || Cmd::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    // A container often comes without package lists; an outdated list is no reason to give up.
    if !apt().args(["update", "-qq"]).run()? {
        eprintln!("apt-get update failed, trying with the lists that are there");
    }
    let packages = missing.iter().map(|need| need.package);
    apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages).run()?;
    Ok(())
}

fn is_root() -> bool {
    Cmd::new("id").args(["-u"]).read().is_ok_and(|id| id.trim() == "0")
}
