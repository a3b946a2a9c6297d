//! What an attempt costs.

use argon2::Params;

/// Least memory for so many iterations, in KiB: what OWASP's Password Storage Cheat Sheet gives for Argon2id.
const MEMORY_MIN_KIB: [(u32, u32); 5] = [(1, 47_104), (2, 19_456), (3, 12_288), (4, 9_216), (5, 7_168)];

/// Most memory and iterations: more is a mistake, or an attack by way of a stored hash.
pub(super) const MEMORY_MAX_KIB: u32 = 1_048_576;
pub(super) const ITERATIONS_MAX: u32 = 16;

/// Most lanes of a stored hash. New ones have one.
pub(super) const LANES_MAX: u32 = 16;

/// The parameters of Argon2id (RFC 9106, section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) memory_kib: u32,
    pub(super) iterations: u32,
    pub(super) lanes: u32,
}

impl Work {
    /// As OWASP recommends: 19 MiB and 2 iterations.
    pub(super) const DEFAULT: Self = Self { memory_kib: 19_456, iterations: 2, lanes: 1 };

    /// Whether this is less, in memory or in iterations.
    pub(super) fn is_below(self, other: Self) -> bool {
        self.memory_kib < other.memory_kib || self.iterations < other.iterations
    }

    /// For an output of this many bytes.
    pub(super) fn params(self, output_bytes: usize) -> argon2::Result<Params> {
        Params::new(self.memory_kib, self.iterations, self.lanes, Some(output_bytes))
    }
}

/// Least memory for so many iterations, in KiB.
pub(super) fn memory_min_kib(iterations: u32) -> u32 {
    let of = |(enough, kib): &(u32, u32)| (*enough <= iterations).then_some(*kib);
    MEMORY_MIN_KIB.iter().rev().find_map(of).unwrap_or(MEMORY_MIN_KIB[0].1)
}
