//! Instructions per request in process, counted by valgrind: the same on a busy machine.

use anyhow::Result;

use super::{
    budgets::{Budgets, Verdict},
    callgrind::{self, Counted},
    programs::Programs,
};
use crate::{
    process::{Cmd, progress, section},
    table,
    workspace::Workspace,
};

/// Two runs differ in this many requests, so that what starting costs falls out.
const REQUESTS: u64 = 1000;

/// Counts every scenario and says whether all that have a budget keep it.
pub(super) fn run(workspace: &Workspace, programs: &Programs) -> Result<bool> {
    section("instructions per request");
    let budgets = Budgets::read(workspace)?;
    let scenarios = Cmd::new(programs.path("instructions")).read()?;
    let mut rows = Vec::new();
    let mut good = true;
    for (id, sentence) in scenarios.lines().filter_map(|line| line.split_once('\t')) {
        progress(sentence);
        let few = count(workspace, programs, id, REQUESTS)?;
        let many = count(workspace, programs, id, 2 * REQUESTS)?;
        let counted = many.since(few).instructions / REQUESTS;
        let verdict = budgets.judge(&budgets.instructions_per_request, id, counted);
        good &= verdict != Verdict::Over;
        let budget = budgets.instructions_per_request.get(id).map_or_else(|| "-".to_owned(), u64::to_string);
        rows.push(vec![id.to_owned(), sentence.to_owned(), counted.to_string(), budget, verdict.to_string()]);
    }
    progress("");
    table::print(&["id", "scenario", ">instructions", ">budget", ""], &rows);
    println!("a budget is kept up to {} % above it", budgets.tolerance_percent);
    Ok(good)
}

fn count(workspace: &Workspace, programs: &Programs, id: &str, requests: u64) -> Result<Counted> {
    let out = workspace.target.join("callgrind.out");
    let [tool, options @ ..] = callgrind::command(&out);
    let valgrind = Cmd::new(tool).args(options).args([programs.path("instructions")]);
    valgrind.args([id.to_owned(), requests.to_string()]).read()?;
    Counted::read(&out)
}
