//! When a connection is replaced.

use std::time::Duration;

use sqlx::pool::PoolConnectionMetadata;

/// Connections that were opened together are not all replaced together: each gets its own share of the last tenth of
/// the lifetime, told from the moment it was opened.
pub(super) fn is_over(meta: &PoolConnectionMetadata, since_start: Duration, lifetime: Duration) -> bool {
    let opened = since_start.saturating_sub(meta.age);
    meta.age >= lifetime.saturating_sub(share(opened, lifetime / 10))
}

/// A part of `most`, which looks random and is the same every time for the same moment.
fn share(opened: Duration, most: Duration) -> Duration {
    // In steps coarser than the rounding of two clock readings, finer than two openings.
    let moment = u64::try_from(opened.as_millis() / 10).unwrap_or(u64::MAX);
    // Fibonacci hashing spreads neighbours evenly.
    let spread = u32::try_from(moment.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32).unwrap_or(u32::MAX);
    most.mul_f64(f64::from(spread) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_that_were_opened_together_are_replaced_apart() {
        let tenth = Duration::from_mins(3);
        let mut shares: Vec<_> = (0..10).map(|n| share(Duration::from_millis(n * 10), tenth)).collect();
        assert!(shares.iter().all(|share| *share <= tenth));
        assert_eq!(share(Duration::from_secs(7), tenth), share(Duration::from_secs(7), tenth));
        shares.sort();
        let apart =
            shares.windows(2).filter(|pair| pair[1].abs_diff(pair[0]) > Duration::from_secs(1)).count();
        assert!(apart >= 8, "{shares:?}");
    }
}
