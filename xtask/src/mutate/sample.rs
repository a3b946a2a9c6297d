//! A fixed sample for continuous integration.

use super::edits::{Kind, Mutant};

/// How many edits a sample has.
const SIZE: usize = 12;

/// Every kind once, from another example each time, then every n-th of the rest. The same edits make the same sample.
pub(super) fn of(mutants: Vec<Mutant>) -> Vec<Mutant> {
    let chosen =
        choose(&mutants.iter().map(|mutant| (mutant.example.package, mutant.kind)).collect::<Vec<_>>());
    let is_chosen = |(at, mutant)| chosen.contains(&at).then_some(mutant);
    mutants.into_iter().enumerate().filter_map(is_chosen).collect()
}

fn choose(mutants: &[(&str, Kind)]) -> Vec<usize> {
    let mut chosen: Vec<usize> = Vec::new();
    for kind in Kind::ALL {
        let of_kind = || (0..mutants.len()).filter(|&at| mutants[at].1 == kind);
        let uses = |at: usize| chosen.iter().filter(|&&other| mutants[other].0 == mutants[at].0).count();
        chosen.extend(of_kind().min_by_key(|&at| uses(at)));
    }
    let rest: Vec<usize> = (0..mutants.len()).filter(|at| !chosen.contains(at)).collect();
    let missing = SIZE.saturating_sub(chosen.len());
    if missing > 0 {
        chosen.extend(rest.iter().step_by(rest.len().div_ceil(missing).max(1)));
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_every_kind_and_every_example() {
        let packages = ["catalog", "saas", "webhooks"];
        let all: Vec<_> =
            packages.iter().flat_map(|&package| Kind::ALL.map(|kind| (package, kind))).collect();
        let chosen = choose(&all);
        assert!(chosen.len() <= SIZE);
        for kind in Kind::ALL {
            assert!(chosen.iter().any(|&at| all[at].1 == kind), "{kind:?}");
        }
        for package in packages {
            assert!(chosen.iter().any(|&at| all[at].0 == package), "{package}");
        }
    }
}
