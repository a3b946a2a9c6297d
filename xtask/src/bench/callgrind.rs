//! What a run below callgrind has cost.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// Functions of the C library that take memory.
const ALLOCATORS: [&str; 6] = ["malloc", "calloc", "realloc", "memalign", "aligned_alloc", "posix_memalign"];

/// What a run has cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) instructions: u64,
    /// Calls that took memory.
    pub(super) allocations: u64,
}

/// The program to run another one below, and its arguments.
pub(super) fn command(out: &Path) -> [String; 3] {
    ["valgrind".to_owned(), "--tool=callgrind".to_owned(), format!("--callgrind-out-file={}", out.display())]
}

impl Counted {
    /// Reads what callgrind has written.
    ///
    /// # Errors
    /// If there is no such file, or no total in it.
    pub(super) fn read(out: &Path) -> Result<Self> {
        let text = fs::read_to_string(out).with_context(|| format!("cannot read {}", out.display()))?;
        let instructions = total(&text).with_context(|| format!("{} has no total", out.display()))?;
        Ok(Self { instructions, allocations: allocations(&text) })
    }

    /// What this run has cost more than another.
    pub(super) fn since(self, other: Self) -> Self {
        Self {
            instructions: self.instructions.saturating_sub(other.instructions),
            allocations: self.allocations.saturating_sub(other.allocations),
        }
    }
}

fn total(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("summary:").or_else(|| line.strip_prefix("totals:")))?;
    line.trim().parse().ok()
}

/// A call is two lines: who is called, and how often. A name is written once and has a number from then on, whether it
/// is called or calls (Callgrind format specification, "name compression").
fn allocations(text: &str) -> u64 {
    let mut numbers: Vec<&str> = Vec::new();
    let mut calls = 0;
    let mut is_allocator = false;
    for line in text.lines() {
        if let Some(count) = line.strip_prefix("calls=") {
            let count = count.split(' ').next().and_then(|count| count.parse::<u64>().ok());
            calls += count.filter(|_| is_allocator).unwrap_or_default();
        } else if let Some(name) = line.strip_prefix("cfn=").or_else(|| line.strip_prefix("fn=")) {
            let (number, name) = name.split_once(' ').unwrap_or((name, ""));
            if ALLOCATORS.contains(&name) {
                numbers.push(number);
            }
            is_allocator = line.starts_with('c') && numbers.contains(&number);
        }
    }
    calls
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callgrind_says_the_total_in_its_file() {
        assert_eq!(total("events: Ir\nsummary: 4711\n\nfn=main\n1 5\ntotals: 4711\n"), Some(4711));
    }

    #[test]
    fn calls_that_take_memory_are_counted_whoever_calls_and_nothing_else() {
        let text = "fn=(1) main\n1 5\ncfn=(2) malloc\ncalls=3 0\n1 9\ncfn=(3) free\ncalls=7 0\n1 9\n\n\
                    fn=(4) realloc\n1 5\ncfn=(5) memcpy\ncalls=9 0\n1 5\n\n\
                    fn=(6) other\ncfn=(2)\ncalls=2 0\n1 5\ncfn=(4)\ncalls=1 0\n1 5\ncfn=(3)\ncalls=1 0\n1 5\n";
        assert_eq!(allocations(text), 3 + 2 + 1);
    }
}
