//! Who notices an edit.

mod limited;

use std::{fs, time::Duration};

use anyhow::{Result, bail};
use serde::Serialize;

use super::{copy::Copy, edits::Mutant, examples::Example};
use crate::process::{Cmd, cargo};
use limited::Ended;

/// Tests whose name contains this compare the access matrix with a recorded one. They are a column of the report and
/// kill nothing.
const SNAPSHOT: &str = "access_matrix";
/// Longer than any honest run: an edit that hangs a test has been noticed by it.
const LIMIT: Duration = Duration::from_mins(5);

/// What became of an edit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "killer", rename_all = "kebab-case")]
pub(super) enum Verdict {
    /// It does not compile.
    Compiler { error: String },
    /// A behavioural test fails; `snapshot` says whether the recorded matrix differs too.
    Test { name: String, snapshot: bool },
    /// Nobody but, perhaps, the recorded matrix.
    Survived { snapshot: bool },
    /// The edit admits nobody new.
    Stricter { why: &'static str },
    /// It does not compile for a reason that has nothing to do with access: it says nothing.
    Invalid { error: String },
}

/// Checks that the example is sound before it is weakened.
pub(super) fn baseline(copy: &Copy, example: &Example) -> Result<()> {
    for command in [check(copy, example), behaviour(copy, example)] {
        let shown = command.to_string();
        if let Ended { success: false, text } = limited::run(command, &copy.target, LIMIT * 4)? {
            bail!("{shown} fails without any edit:\n{}", text.trim_end());
        }
    }
    let recorded = limited::run(snapshot(copy, example), &copy.target, LIMIT)?;
    if !recorded.text.lines().any(|line| line.starts_with("test ") && line.ends_with(" ... ok")) {
        bail!("{} has no test whose name contains `{SNAPSHOT}`", example.package);
    }
    Ok(())
}

/// Makes the edit, asks everybody, and takes it back.
pub(super) fn judge(copy: &Copy, mutant: &Mutant) -> Result<Verdict> {
    if let Some(why) = mutant.stricter {
        return Ok(Verdict::Stricter { why });
    }
    let file = copy.root.join(&mutant.file);
    let sound = fs::read(&file)?;
    fs::write(&file, &mutant.text)?;
    let verdict = ask(copy, mutant.example);
    fs::write(&file, sound)?;
    verdict
}

fn ask(copy: &Copy, example: &Example) -> Result<Verdict> {
    let compiled = limited::run(check(copy, example), &copy.target, LIMIT)?;
    if !compiled.success {
        return Ok(of_compiler(&compiled.text));
    }
    let tested = limited::run(behaviour(copy, example), &copy.target, LIMIT)?;
    let snapshot = !limited::run(snapshot(copy, example), &copy.target, LIMIT)?.success;
    Ok(if tested.success {
        Verdict::Survived { snapshot }
    } else {
        Verdict::Test { name: failed_test(&tested.text), snapshot }
    })
}

fn cargo_in(copy: &Copy, example: &Example, arguments: &[&str]) -> Cmd {
    let package = format!("--package={}", example.package);
    let cargo = cargo([arguments[0], package.as_str()]).args(&arguments[1..]).dir(&copy.root);
    // Debug information is of no use here and takes time to link.
    cargo
        .env("CARGO_TARGET_DIR", &copy.target)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "1")
}

fn check(copy: &Copy, example: &Example) -> Cmd {
    cargo_in(copy, example, &["check", "--all-targets", "--message-format=short", "--quiet"])
}

fn behaviour(copy: &Copy, example: &Example) -> Cmd {
    cargo_in(copy, example, &["test", "--lib", "--bins", "--tests", "--", "--skip", SNAPSHOT])
}

fn snapshot(copy: &Copy, example: &Example) -> Cmd {
    cargo_in(copy, example, &["test", "--lib", "--bins", "--tests", "--", SNAPSHOT])
}

/// The first error, unless one is unrelated to access.
fn of_compiler(text: &str) -> Verdict {
    // A name that does not resolve, or a type that nothing infers.
    const UNRELATED: [&str; 7] =
        ["[E0412]", "[E0425]", "[E0432]", "[E0433]", "[E0282]", "[E0283]", "[E0284]"];
    let errors = || text.lines().filter(|line| line.contains("error"));
    let short = |line: &str| {
        line.split_once("error").map_or(line, |(_, error)| error).trim_start_matches(':').to_owned()
    };
    let unrelated = errors().find(|line| UNRELATED.iter().any(|code| line.contains(code)));
    if let Some(line) = unrelated {
        return Verdict::Invalid { error: short(line) };
    }
    Verdict::Compiler { error: errors().next().map(short).unwrap_or_default() }
}

fn failed_test(text: &str) -> String {
    let failed = text.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    failed.unwrap_or("a test that crashed or hung").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_error_about_access_counts_as_the_compilers_kill() {
        let error = |code: &str| of_compiler(&format!("examples/x.rs:3:5: error[{code}]: some words"));
        let words = |code: &str| format!("[{code}]: some words");
        assert_eq!(error("E0277"), Verdict::Compiler { error: words("E0277") });
        assert_eq!(error("E0425"), Verdict::Invalid { error: words("E0425") });
    }

    #[test]
    fn the_first_failed_test_is_named() {
        let text = "test a ... ok\ntest guests::may_not_write ... FAILED\ntest b ... FAILED\n";
        assert_eq!(failed_test(text), "guests::may_not_write");
    }
}
