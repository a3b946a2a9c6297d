//! Instructions per request, counted by valgrind: the same on a busy machine.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::shields::Programs;
use crate::{
    process::{Cmd, progress, section},
    table,
    workspace::Workspace,
};

/// Two runs differ in this many requests, so that what starting costs falls out.
const REQUESTS: u64 = 1000;

/// `benches/budgets.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Budgets {
    /// How far above its budget a scenario may be.
    tolerance_percent: u64,
    /// By the scenario's id.
    instructions_per_request: BTreeMap<String, u64>,
}

/// Counts every scenario and says whether all that have a budget keep it.
pub(super) fn run(workspace: &Workspace, programs: &Programs) -> Result<bool> {
    section("instructions per request");
    let path = workspace.root.join("benches/budgets.toml");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let budgets: Budgets = toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
    let scenarios = Cmd::new(programs.path("instructions")).read()?;
    let mut rows = Vec::new();
    let mut good = true;
    for (id, sentence) in scenarios.lines().filter_map(|line| line.split_once('\t')) {
        progress(sentence);
        let counted = per_request(workspace, programs, id)?;
        let budget = budgets.instructions_per_request.get(id);
        let over = budget.is_some_and(|&budget| is_over(counted, budget, budgets.tolerance_percent));
        good &= !over;
        let verdict = match budget {
            None => "",
            Some(_) if over => "OVER BUDGET",
            Some(_) => "within budget",
        };
        let budget = budget.map_or_else(|| "-".to_owned(), u64::to_string);
        rows.push(vec![id.to_owned(), sentence.to_owned(), counted.to_string(), budget, verdict.to_owned()]);
    }
    progress("");
    table::print(&["id", "scenario", ">instructions", ">budget", ""], &rows);
    println!("a budget is kept up to {} % above it", budgets.tolerance_percent);
    Ok(good)
}

fn is_over(counted: u64, budget: u64, tolerance_percent: u64) -> bool {
    counted * 100 > budget * (100 + tolerance_percent)
}

fn per_request(workspace: &Workspace, programs: &Programs, id: &str) -> Result<u64> {
    let few = count(workspace, programs, id, REQUESTS)?;
    let many = count(workspace, programs, id, 2 * REQUESTS)?;
    Ok(many.saturating_sub(few) / REQUESTS)
}

fn count(workspace: &Workspace, programs: &Programs, id: &str, requests: u64) -> Result<u64> {
    let out = workspace.target.join("callgrind.out");
    let program = programs.path("instructions");
    let out_file = format!("--callgrind-out-file={}", out.display());
    let valgrind = Cmd::new("valgrind").args(["--tool=callgrind", &out_file]).args([&program]);
    valgrind.args([id.to_owned(), requests.to_string()]).read()?;
    let text = std::fs::read_to_string(&out).with_context(|| format!("cannot read {}", out.display()))?;
    total(&text).with_context(|| format!("{} has no total", out.display()))
}

fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("summary:").or_else(|| line.strip_prefix("totals:")))?;
    line.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_kept_up_to_its_tolerance() {
        let cases = [("at the budget", 1000, false), ("at the limit", 1050, false), ("above it", 1051, true)];
        for (name, counted, over) in cases {
            assert_eq!(is_over(counted, 1000, 5), over, "{name}");
        }
    }

    #[test]
    fn callgrind_says_the_total_in_its_file() {
        assert_eq!(total("events: Ir\nsummary: 4711\n\nfn=main\n1 5\ntotals: 4711\n"), Some(4711));
    }
}
