//! What a limit has to do, from its definition alone: a log of all that passed, looked through every time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use proptest::prelude::*;
use testudo_core::Clock;
use testudo_store::{Key, Limiter, MemoryOptions, Outcome, Policy};

/// A limit by its definition. In microseconds.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    rule: Rule,
    passed: Vec<(u64, u32)>,
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    /// In any time `t` at most `burst + floor(t / interval)`.
    Gcra { interval: u64, burst: u32 },
    /// In any time of this length at most so many.
    Window { period: u64, limit: u32 },
}

impl Model {
    pub(crate) fn gcra(interval: u64, burst: u32) -> Self {
        Self { rule: Rule::Gcra { interval, burst }, passed: Vec::new() }
    }

    pub(crate) fn window(period: u64, limit: u32) -> Self {
        Self { rule: Rule::Window { period, limit }, passed: Vec::new() }
    }

    /// Whether a request passes, without letting it.
    pub(crate) fn admits(&self, now: u64, cost: u32) -> bool {
        let mut units = u64::from(cost);
        match self.rule {
            Rule::Window { period, limit } => {
                let recent = self.passed.iter().filter(|(at, _)| at + period > now);
                units + recent.map(|(_, cost)| u64::from(*cost)).sum::<u64>() <= u64::from(limit)
            }
            Rule::Gcra { interval, burst } => {
                let fits = |units: u64, time: u64| units <= u64::from(burst) + time / interval;
                // Every time that begins with something that passed, and ends now.
                fits(units, 0)
                    && self.passed.iter().rev().all(|(at, cost)| {
                        units += u64::from(*cost);
                        fits(units, now - at)
                    })
            }
        }
    }

    /// Decides, and notes what passes.
    pub(crate) fn decide(&mut self, now: u64, cost: u32) -> bool {
        let admitted = self.admits(now, cost);
        if admitted && cost > 0 {
            self.passed.push((now, cost));
        }
        admitted
    }

    /// How many units pass at once.
    fn remaining(&self, now: u64, quota: u32) -> u32 {
        (0..=quota).rev().find(|cost| self.admits(now, *cost)).unwrap_or(0)
    }
}

fn policies() -> impl Strategy<Value = (Policy, Model)> {
    let gcra = (1_u64..2_000, 1_u32..8).prop_map(|(interval, burst)| {
        (Policy::gcra("p", 1, Duration::from_micros(interval), burst).unwrap(), Model::gcra(interval, burst))
    });
    let window = (1_u64..4_000, 1_u32..8).prop_map(|(period, limit)| {
        (Policy::window("p", limit, Duration::from_micros(period)).unwrap(), Model::window(period, limit))
    });
    prop_oneof![gcra, window]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Everything that a decision says is what the definition says, however requests arrive.
    #[test]
    fn memory_decides_as_the_definition_does(
        (policy, mut model) in policies(),
        requests in proptest::collection::vec((prop_oneof![Just(0_u64), 0_u64..40, 0_u64..3_000], 0_u32..10), 1..60),
    ) {
        let time = Arc::new(AtomicU64::new(10_000_000));
        let shown = time.clone();
        let clock = Clock::from_fn(move || SystemTime::UNIX_EPOCH + Duration::from_micros(shown.load(Ordering::SeqCst)));
        let limiter = Limiter::memory_with(MemoryOptions { clock, max_keys: 100 });
        let key = Key::of("model", 1).make();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for (pause, cost) in requests {
            let now = time.fetch_add(pause, Ordering::SeqCst) + pause;
            let decision = runtime.block_on(limiter.decide(&policy, &key, cost)).unwrap();
            if cost > policy.quota() {
                prop_assert_eq!((decision.outcome, decision.retry_after), (Outcome::Never, Duration::MAX));
                continue;
            }
            prop_assert_eq!(decision.outcome.lets_pass(), model.decide(now, cost));
            prop_assert_eq!(decision.remaining, model.remaining(now, policy.quota()));
            prop_assert_eq!(decision.at, Duration::from_micros(now));
            let retry = now + u64::try_from(decision.retry_after.as_micros()).unwrap();
            prop_assert!(model.admits(retry, cost), "it passes at `retry_after`");
            prop_assert!(retry == now || !model.admits(retry - 1, cost), "and not earlier");
            let reset = now + u64::try_from(decision.reset_after.as_micros()).unwrap();
            prop_assert!(model.admits(reset, policy.quota()), "everything is back at `reset_after`");
            prop_assert!(reset == now || !model.admits(reset - 1, policy.quota()), "and not earlier");
        }
    }
}
