//! Durations, counted by how long they are.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use prometheus_client::{
    encoding::{EncodeMetric, MetricEncoder, NoLabelSet},
    metrics::{MetricType, TypedMetric},
};

/// Bounds of the buckets, in nanoseconds, each at most so long.
pub(super) type Bounds = &'static [u64];

const NANOS_A_SECOND: f64 = 1e9;

/// A histogram of durations. Clones are the same one.
///
/// The library's own takes a lock for every observation; this one adds to two atomic numbers, and its sum is exact.
#[derive(Debug, Clone)]
pub(super) struct Durations(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    bounds: Bounds,
    /// One for each bound, and one for what is longer than all of them.
    counts: Box<[AtomicU64]>,
    /// In nanoseconds: enough for 584 years.
    sum: AtomicU64,
}

impl Durations {
    pub(super) fn new(bounds: Bounds) -> Self {
        let counts = (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Inner { bounds, counts, sum: AtomicU64::new(0) }))
    }

    pub(super) fn observe(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let Inner { bounds, counts, sum } = &*self.0;
        let bucket = bounds.iter().position(|bound| nanos <= *bound).unwrap_or(bounds.len());
        counts[bucket].fetch_add(1, Ordering::Relaxed);
        sum.fetch_add(nanos, Ordering::Relaxed);
    }
}

impl EncodeMetric for Durations {
    fn encode(&self, mut encoder: MetricEncoder<'_>) -> fmt::Result {
        let Inner { bounds, counts, sum } = &*self.0;
        let bounds = bounds.iter().map(|bound| seconds(*bound)).chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> =
            bounds.zip(counts.iter().map(|count| count.load(Ordering::Relaxed))).collect();
        // Counted here, so that the buckets and the count agree whatever is being added meanwhile.
        let count = buckets.iter().map(|(_, count)| count).sum();
        encoder.encode_histogram::<NoLabelSet>(seconds(sum.load(Ordering::Relaxed)), count, &buckets, None)
    }

    fn metric_type(&self) -> MetricType {
        Self::TYPE
    }
}

impl TypedMetric for Durations {
    const TYPE: MetricType = MetricType::Histogram;
}

#[expect(clippy::cast_precision_loss, reason = "exact up to 104 days, and to a millionth beyond")]
fn seconds(nanos: u64) -> f64 {
    nanos as f64 / NANOS_A_SECOND
}

#[cfg(test)]
mod tests {
    use prometheus_client::{encoding::prometheus_text, registry::Registry};

    use super::*;

    #[test]
    fn a_duration_is_counted_in_the_first_bucket_it_fits() {
        let durations = Durations::new(&[1_000, 5_000_000]);
        for nanos in [0, 1_000, 1_001, 5_000_000, 5_000_001, 7_000_000_000] {
            durations.observe(Duration::from_nanos(nanos));
        }
        let mut registry = Registry::default();
        registry.register("d", "Durations", durations);
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry).unwrap();
        assert_eq!(
            text,
            "# HELP d Durations.\n# TYPE d histogram\n\
             d_bucket{le=\"1e-06\"} 2\nd_bucket{le=\"0.005\"} 4\nd_bucket{le=\"+Inf\"} 6\n\
             d_sum 7.010002002\nd_count 6\n"
        );
    }
}
