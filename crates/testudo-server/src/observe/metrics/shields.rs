//! What shields did, by name.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::{Family, MetricConstructor},
    },
    registry::Registry,
};
use testudo_core::ShieldOutcome;

use super::{
    bounded::Bounded,
    histogram::{Bounds, Durations},
};

/// From 1 microsecond, a look at a header, to 1 second, a slow store; in nanoseconds.
const BOUNDS: Bounds = &[
    1_000,
    2_500,
    5_000,
    10_000,
    25_000,
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    50_000_000,
    100_000_000,
    500_000_000,
    1_000_000_000,
];

/// All outcomes of a shield, in the order of their places.
const OUTCOMES: [ShieldOutcome; 4] =
    [ShieldOutcome::Success, ShieldOutcome::Blocked, ShieldOutcome::Error, ShieldOutcome::Timeout];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByName {
    shield_name: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResult {
    shield_name: Arc<str>,
    result: &'static str,
}

/// Makes a histogram with the bounds of shields.
#[derive(Debug, Clone)]
struct Make;

impl MetricConstructor<Durations> for Make {
    fn new_metric(&self) -> Durations {
        Durations::new(BOUNDS)
    }
}

/// Shields: how often each passed, blocked and failed, and how long it took.
#[derive(Debug)]
pub(super) struct Shields {
    families: Families,
    by_name: Bounded<Arc<OneShield>>,
}

#[derive(Debug)]
struct Families {
    validations: Family<ByResult, Counter>,
    durations: Family<ByName, Durations, Make>,
}

/// What is counted of one shield, once it has run. The access matrix also has the names of combinations, which never
/// run under their own.
#[derive(Debug)]
struct OneShield {
    name: Arc<str>,
    counted: OnceLock<([Counter; OUTCOMES.len()], Durations)>,
}

impl Shields {
    pub(super) fn new<'a>(registry: &mut Registry, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self { families: Families::new(registry), by_name: Bounded::new(names, OneShield::new) }
    }

    pub(super) fn observe(&self, name: &str, outcome: ShieldOutcome, duration: Duration) {
        self.by_name.with(name, OneShield::new, |shield| {
            let (results, durations) = shield.counted.get_or_init(|| self.families.shield(&shield.name));
            results[place(outcome)].inc();
            durations.observe(duration);
        });
    }

    /// How often a shield ended in each way, in the order of the outcomes.
    pub(super) fn counts(&self, name: &str) -> [u64; OUTCOMES.len()] {
        self.by_name.with(name, OneShield::new, |shield| {
            shield
                .counted
                .get()
                .map_or([0; OUTCOMES.len()], |(results, _)| results.each_ref().map(Counter::get))
        })
    }
}

impl OneShield {
    fn new(name: &str) -> Arc<Self> {
        Arc::new(Self { name: name.into(), counted: OnceLock::new() })
    }
}

impl Families {
    fn new(registry: &mut Registry) -> Self {
        let families = Self { validations: Family::default(), durations: Family::new_with_constructor(Make) };
        let Self { validations, durations } = &families;
        registry.register("shield_validations", "Runs of shields, by how they ended", validations.clone());
        registry.register(
            "shield_validation_seconds",
            "Duration of runs of shields, in seconds",
            durations.clone(),
        );
        families
    }

    /// All results at once: a rate can only be told from a counter that was there before.
    fn shield(&self, name: &Arc<str>) -> ([Counter; OUTCOMES.len()], Durations) {
        let results = OUTCOMES.map(|outcome| {
            let labels = ByResult { shield_name: Arc::clone(name), result: outcome.as_str() };
            self.validations.get_or_create_owned(&labels)
        });
        (results, self.durations.get_or_create_owned(&ByName { shield_name: Arc::clone(name) }))
    }
}

/// The place of an outcome in [`OUTCOMES`].
fn place(outcome: ShieldOutcome) -> usize {
    match outcome {
        ShieldOutcome::Success => 0,
        ShieldOutcome::Blocked => 1,
        ShieldOutcome::Error => 2,
        ShieldOutcome::Timeout => 3,
    }
}
