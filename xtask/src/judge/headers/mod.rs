//! `cargo xtask judge headers`: MDN's HTTP Observatory on what a service tells browsers.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | The presets, the programs that serve them, their bars | here |
//! | The scanner: its packages, pinned, and how it is asked | `scanner.rs`, `scanner/` |
//! | What it says, and whether that reaches a bar | `verdict.rs` |
//!
//! The scanner runs on this machine, and so does what it scans: a service on a free port of loopback, with a
//! certificate that the scanner is told to trust. Nothing answers without TLS, as behind a port that is not published.

mod scanner;
mod verdict;

use std::path::Path;

use anyhow::{Result, ensure};

use self::{
    scanner::Scanner,
    verdict::{Bar, Verdict},
};
use crate::{
    needs,
    process::{Cmd, section},
    service::{Programs, server::Launch},
    table,
    workspace::Workspace,
};

/// A preset of `headers.preset`, and who shows it.
struct Preset {
    name: &'static str,
    program: &'static str,
    bar: Bar,
}

const PRESETS: [Preset; 2] = [
    // All that can be had without being built into browsers (`hsts.preload`).
    Preset { name: "api", program: "exercise-service", bar: Bar { grade: "A+", score: 130 } },
    Preset { name: "html", program: "page-service", bar: Bar { grade: "A+", score: 120 } },
];

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "key.pem";

/// Says whether all presets reach their bars.
pub(super) fn run(workspace: &Workspace) -> Result<bool> {
    needs::provide(&[needs::NODE, needs::NPM, needs::OPENSSL])?;
    section("the scanner");
    let scanner = Scanner::install(workspace)?;
    let programs = Programs::build(workspace)?;
    let folder = tempfile::tempdir()?;
    certify(folder.path())?;
    let mut verdicts = Vec::new();
    for preset in &PRESETS {
        section(&format!("the preset `{}`", preset.name));
        verdicts.push(judge(preset, &programs, &scanner, folder.path())?);
    }
    Ok(report(&verdicts))
}

/// A certificate that names `localhost`, and is its own authority.
fn certify(folder: &Path) -> Result<()> {
    let request = ["req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
    let names = ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    let made = Cmd::new("openssl").args(request).args(names).args(["-keyout", KEY, "-out", CERTIFICATE]);
    made.dir(folder).read()?;
    Ok(())
}

fn judge(preset: &Preset, programs: &Programs, scanner: &Scanner, folder: &Path) -> Result<Verdict> {
    let server = Launch::new(&programs.path(preset.program), folder)
        .set("TESTUDO__HEADERS__PRESET", preset.name)
        .set("TESTUDO__SERVER__TLS__CERTIFICATE", CERTIFICATE)
        .set("TESTUDO__SERVER__TLS__KEY", KEY)
        .start()?
        .ready()?;
    // By its name: a certificate is made out to one, and so is an origin.
    let host = format!("localhost:{}", server.address.port());
    let verdict = scanner.scan(&host, &folder.join(CERTIFICATE))?;
    let status = verdict.scan.status;
    ensure!(status == 200, "`/` of {} was answered with {status}:\n{}", preset.program, server.log());
    Ok(verdict)
}

fn report(verdicts: &[Verdict]) -> bool {
    section("result");
    let judged = || PRESETS.iter().zip(verdicts);
    let rows: Vec<_> = judged().flat_map(|(preset, verdict)| verdict.rows(preset.name)).collect();
    table::print(&["preset", "test", "result", ">score", ""], &rows);
    println!();
    let bars: Vec<_> = judged().map(|(preset, verdict)| verdict.against(preset.name, preset.bar)).collect();
    table::print(&["preset", "grade", ">score", "bar", ""], &bars);
    judged().all(|(preset, verdict)| verdict.reaches(preset.bar))
}
