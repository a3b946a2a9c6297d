//! `benches/budgets.toml`: what a request may cost.

use std::{collections::BTreeMap, fmt};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::workspace::Workspace;

/// `benches/budgets.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budgets {
    /// How far above its budget a figure may be.
    pub(super) tolerance_percent: u64,
    /// Of one request in process, by the scenario's id.
    pub(super) instructions_per_request: BTreeMap<String, u64>,
    /// Of one request over HTTP.
    pub(super) stack: Stack,
}

/// What a request over HTTP may cost, by the peer's id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stack {
    pub(super) instructions_per_request: BTreeMap<String, u64>,
    pub(super) allocations_per_request: BTreeMap<String, u64>,
}

/// Whether a figure keeps its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    NoBudget,
    Within,
    Over,
}

impl Budgets {
    /// Reads the file.
    ///
    /// # Errors
    /// If it is not there, or not of its form.
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let path = workspace.root.join("benches/budgets.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Whether what was counted keeps its budget among these.
    pub(super) fn judge(&self, budgets: &BTreeMap<String, u64>, id: &str, counted: u64) -> Verdict {
        match budgets.get(id) {
            None => Verdict::NoBudget,
            Some(&budget) if is_over(counted, budget, self.tolerance_percent) => Verdict::Over,
            Some(_) => Verdict::Within,
        }
    }
}

fn is_over(counted: u64, budget: u64, tolerance_percent: u64) -> bool {
    counted * 100 > budget * (100 + tolerance_percent)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBudget => "",
            Self::Within => "within budget",
            Self::Over => "OVER BUDGET",
        })
    }
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
}
