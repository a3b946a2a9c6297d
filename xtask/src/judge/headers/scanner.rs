//! The scanner: packages of npm, each pinned with its hash, below the build folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use super::verdict::Verdict;
use crate::{process::Cmd, workspace::Workspace};

/// What npm installs. To update: change the version, `npm install --package-lock-only --ignore-scripts`.
const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("scanner/package.json")),
    ("package-lock.json", include_str!("scanner/package-lock.json")),
    ("scan.mjs", include_str!("scanner/scan.mjs")),
];
const PACKAGE: &str = "node_modules/@mdn/mdn-http-observatory";
/// Lists that its installation would download. A name of this machine is on neither: which sites are built into
/// browsers, and which domains there are.
const LISTS: [(&str, &str); 2] = [("conf/hsts-preload.json", "{}"), ("conf/tld-list.json", "[]")];

/// An installed scanner.
pub(super) struct Scanner {
    folder: PathBuf,
}

impl Scanner {
    /// Installs it, unless this very version is there.
    pub(super) fn install(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target.join("judges").join("headers");
        let complete = folder.join("complete");
        let is_there = complete.is_file()
            && FILES
                .iter()
                .all(|(name, text)| fs::read_to_string(folder.join(name)).is_ok_and(|is| is == *text));
        if is_there {
            eprintln!("it is there");
            return Ok(Self { folder });
        }
        fs::create_dir_all(&folder)?;
        // What is half there must not be taken for all of it.
        let _ = fs::remove_file(&complete);
        for (name, text) in FILES {
            fs::write(folder.join(name), text).with_context(|| format!("cannot write {name}"))?;
        }
        // No package runs anything of its own on this machine before it is asked to judge.
        let npm = Cmd::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).dir(&folder);
        ensure!(npm.run()?, "npm cannot install the scanner");
        for (name, text) in LISTS {
            fs::write(folder.join(PACKAGE).join(name), text)
                .with_context(|| format!("cannot write {name}"))?;
        }
        fs::write(complete, "")?;
        Ok(Self { folder })
    }

    /// What it says of the service on `host`, whose certificate is this one.
    pub(super) fn scan(&self, host: &str, certificate: &Path) -> Result<Verdict> {
        let node = Cmd::new("node").args(["scan.mjs", host]).dir(&self.folder);
        // It tries without checking the certificate when it does not trust it, and says so in its result.
        let said = node.env("NODE_EXTRA_CA_CERTS", certificate).read()?;
        Verdict::parse(&said)
    }
}
