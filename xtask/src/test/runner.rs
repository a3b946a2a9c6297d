//! The two programs that can run the tests, and what they counted.

use std::{
    fs,
    io::{BufRead, BufReader, IsTerminal},
    process::Stdio,
};

use anyhow::{Context, Result};

use crate::{process::echo, workspace::Workspace};

/// How many tests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

/// What tells tests of the servers they share.
type Variable = (&'static str, String);

/// What every runner builds: examples of the documentation are the business of `cargo test --doc`.
const SELECTION: &[&str] = &["--workspace", "--all-features", "--lib", "--bins", "--tests"];

/// Runs everything in parallel, a process per test.
pub(crate) fn nextest(
    workspace: &Workspace,
    filter: Option<&str>,
    (name, value): &Variable,
) -> Result<(bool, Counts)> {
    let settings = workspace.target.join("xtask-nextest.toml");
    fs::create_dir_all(&workspace.target)?;
    let report = workspace.target.join("xtask-junit.xml");
    fs::write(&settings, format!("[profile.default.junit]\npath = \"{}\"\n", report.display()))
        .with_context(|| format!("cannot write {}", settings.display()))?;
    // A build that fails leaves no report, and yesterday's must not be taken for it.
    let _ = fs::remove_file(&report);
    let run = workspace.cargo(["nextest", "run", "--no-fail-fast", "--no-tests=pass"]).args(SELECTION);
    let run = run.args([format!("--tool-config-file=xtask:{}", settings.display())]).args(filter);
    let passed = run.env(name, value).run()?;
    let mut counts = fs::read_to_string(&report).map(|xml| counts_of_junit(&xml)).unwrap_or_default();
    counts.skipped = ignored(workspace, filter)?.len();
    Ok((passed, counts))
}

/// Runs everything one test program after the other.
pub(crate) fn cargo_test(
    workspace: &Workspace,
    filter: Option<&str>,
    (name, value): &Variable,
) -> Result<(bool, Counts)> {
    let colour = if std::io::stdout().is_terminal() { "--color=always" } else { "--color=never" };
    let run = workspace.cargo(["test", "--no-fail-fast"]).args(SELECTION).args(filter).args(["--", colour]);
    let run = run.env(name, value);
    echo(&run.to_string());
    let mut child = run.into_inner().stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let mut counts = Counts::default();
    for line in BufReader::new(child.stdout.take().context("cargo has no output")?).lines() {
        let line = line?;
        println!("{line}");
        counts.add_result_line(&line);
    }
    Ok((child.wait()?.success(), counts))
}

/// The names of all tests that the code itself skips.
pub(crate) fn ignored(workspace: &Workspace, filter: Option<&str>) -> Result<Vec<String>> {
    let list = workspace.cargo(["test", "--quiet", "--no-fail-fast"]).args(SELECTION).args(filter);
    let output = list.args(["--", "--list", "--ignored", "--format=terse"]).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

fn counts_of_junit(xml: &str) -> Counts {
    let root =
        xml.split_once("<testsuites").map_or("", |(_, rest)| rest.split('>').next().unwrap_or_default());
    let number = |name: &str| {
        let value = root.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next());
        value.and_then(|value| value.parse::<usize>().ok()).unwrap_or_default()
    };
    let failed = number("failures") + number("errors");
    Counts { passed: number("tests").saturating_sub(failed), failed, skipped: 0 }
}

impl Counts {
    fn add_result_line(&mut self, line: &str) {
        if !line.starts_with("test result:") {
            return;
        }
        let before = |word: &str| {
            let words: Vec<&str> = line.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
            let at = words.iter().position(|candidate| *candidate == word);
            at.and_then(|at| words[at - 1].parse::<usize>().ok()).unwrap_or_default()
        };
        self.passed += before("passed");
        self.failed += before("failed");
        self.skipped += before("ignored");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_lines_of_all_test_programs_are_added_up() {
        let mut counts = Counts::default();
        for line in [
            "test a ... ok",
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out",
        ] {
            counts.add_result_line(line);
        }
        assert_eq!(counts, Counts { passed: 7, failed: 3, skipped: 1 });
    }

    #[test]
    fn a_junit_report_says_how_many_passed() {
        let xml = r#"<?xml version="1.0"?><testsuites name="run" tests="9" failures="2" errors="1" uuid="a"><x tests="1"/>"#;
        assert_eq!(counts_of_junit(xml), Counts { passed: 6, failed: 3, skipped: 0 });
    }
}
