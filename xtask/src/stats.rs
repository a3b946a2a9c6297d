//! Medians and spread of a few measurements.

/// Lowest, middle and highest of some measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spread {
    pub(crate) min: f64,
    pub(crate) median: f64,
    pub(crate) max: f64,
}

impl Spread {
    /// Of at least one measurement.
    pub(crate) fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 {
            sorted[middle]
        } else {
            f64::midpoint(sorted[middle - 1], sorted[middle])
        };
        Self { min: sorted[0], median, max: sorted[sorted.len() - 1] }
    }
}

/// The value that `percent` of all values do not exceed (nearest rank). Nothing is known of none.
pub(crate) fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank is a small positive number"
    )]
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(f64::NAN)
}

/// The median of paired measurements, with where it is in 95 of 100 cases.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Interval {
    pub(crate) low: f64,
    pub(crate) median: f64,
    pub(crate) high: f64,
}

impl Interval {
    /// Of measurements taken in the same round, compared by `compare`. Nothing is known of none.
    pub(crate) fn of_pairs(ones: &[f64], others: &[f64], compare: impl Fn(f64, f64) -> f64) -> Self {
        let mut sorted: Vec<f64> =
            ones.iter().zip(others).map(|(&one, &other)| compare(one, other)).collect();
        if sorted.is_empty() {
            return Self { low: f64::NAN, median: f64::NAN, high: f64::NAN };
        }
        sorted.sort_by(f64::total_cmp);
        let rank = rank_of_bound(sorted.len());
        Self { low: sorted[rank], median: Spread::of(&sorted).median, high: sorted[sorted.len() - 1 - rank] }
    }

    /// Without decimals.
    pub(crate) fn rounded(self) -> String {
        format!("{:.0} ({:.0} .. {:.0})", self.median, self.low, self.high)
    }
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} ({:.3} .. {:.3})", self.median, self.low, self.high)
    }
}

/// How many of the lowest (and of the highest) lie outside the interval: the sign test, so that nothing is assumed of
/// how measurements are distributed. The chance that at most `rank` of `count` fair coins show heads stays below
/// 2.5 %.
fn rank_of_bound(count: usize) -> usize {
    let mut chance = 0.5_f64.powi(i32::try_from(count).unwrap_or(i32::MAX));
    let mut below = 0.0;
    let mut rank = 0;
    for heads in 0..count / 2 {
        below += chance;
        if below > 0.025 {
            break;
        }
        rank = heads;
        #[expect(clippy::cast_precision_loss, reason = "counts of rounds are small")]
        let step = (count - heads) as f64 / (heads + 1) as f64;
        chance *= step;
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_both_middles() {
        let cases: [(&str, &[f64], f64); 3] =
            [("one", &[4.0], 4.0), ("odd", &[9.0, 1.0, 2.0], 2.0), ("even", &[4.0, 1.0, 2.0, 9.0], 3.0)];
        for (name, values, median) in cases {
            assert!((Spread::of(values).median - median).abs() < 1e-9, "{name}");
        }
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        for (values, percent, expected) in [
            (hundred.as_slice(), 99.0, 99.0),
            (&hundred, 50.0, 50.0),
            (&hundred, 100.0, 100.0),
            (&[4.0], 99.0, 4.0),
            (&[1.0, 2.0], 50.0, 1.0),
        ] {
            assert!((percentile(values, percent) - expected).abs() < 1e-9, "{percent} of {}", values.len());
        }
        assert!(percentile(&[], 99.0).is_nan());
    }

    #[test]
    fn the_interval_follows_the_sign_test() {
        // The tables of the sign test: of 10 values the 2nd and the 9th, of 30 the 10th and the 21st.
        for (count, rank) in [(1, 0), (5, 0), (10, 1), (30, 9)] {
            assert_eq!(rank_of_bound(count), rank, "{count} values");
        }
    }
}
