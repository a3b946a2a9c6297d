//! What holds in memory and on Redis alike.

use std::time::Duration;

use testudo_store::{Decision, Key, Limiter, Outcome, Policy};

use crate::{
    model::Model,
    stores::{key, stores},
};

/// Long enough that nothing comes back while a test runs.
const LONG: Duration = Duration::from_hours(24);

async fn decide(limiter: &Limiter, policy: &Policy, key: &Key, cost: u32) -> Decision {
    limiter.decide(policy, key, cost).await.unwrap()
}

/// Both algorithms, with so many units at once.
fn both(name: &str, units: u32, period: Duration) -> [Policy; 2] {
    [Policy::gcra(name, 1, period, units).unwrap(), Policy::window(name, units, period).unwrap()]
}

#[tokio::test]
async fn as_many_pass_as_the_policy_says_and_then_none() {
    for store in stores("as_many_pass_as_the_policy_says_and_then_none") {
        for (policy, key) in both("five", 5, LONG).iter().zip([key("a"), key("b")]) {
            for left in (0..5).rev() {
                let decision = decide(&store.limiter, policy, &key, 1).await;
                let is = (decision.outcome, decision.remaining, decision.is_local);
                assert_eq!(is, (Outcome::Admitted, left, false), "{}", store.name);
            }
            let denied = decide(&store.limiter, policy, &key, 1).await;
            assert_eq!((denied.outcome, denied.remaining), (Outcome::Denied, 0), "{}", store.name);
            assert!(
                denied.retry_after > LONG / 2 && denied.retry_after <= LONG,
                "{}: {denied:?}",
                store.name
            );
            assert!(denied.reset_after >= denied.retry_after, "{}: {denied:?}", store.name);
        }
    }
}

#[tokio::test]
async fn costs_are_taken_whole_or_not_at_all() {
    for store in stores("costs_are_taken_whole_or_not_at_all") {
        for policy in both("costs", 5, LONG) {
            let key = key("costs");
            for (name, cost, outcome, left) in [
                ("nothing tells what is left", 0, Outcome::Admitted, 5),
                ("three of five", 3, Outcome::Admitted, 2),
                ("three of two", 3, Outcome::Denied, 2),
                ("two of two", 2, Outcome::Admitted, 0),
                ("one of none", 1, Outcome::Denied, 0),
                ("nothing is always there", 0, Outcome::Admitted, 0),
            ] {
                let decision = decide(&store.limiter, &policy, &key, cost).await;
                assert_eq!((decision.outcome, decision.remaining), (outcome, left), "{}: {name}", store.name);
            }
            let never = decide(&store.limiter, &policy, &key, 6).await;
            assert_eq!((never.outcome, never.retry_after), (Outcome::Never, Duration::MAX), "{}", store.name);
        }
    }
}

#[tokio::test]
async fn keys_policies_and_algorithms_count_apart() {
    for store in stores("keys_policies_and_algorithms_count_apart") {
        let [gcra, window] = both("one", 1, LONG);
        let [other, _] = both("other", 1, LONG);
        for (name, policy, key, outcome) in [
            ("the first", &gcra, key("a"), Outcome::Admitted),
            ("again", &gcra, key("a"), Outcome::Denied),
            ("another key", &gcra, key("b"), Outcome::Admitted),
            ("another policy", &other, key("a"), Outcome::Admitted),
            ("another algorithm", &window, key("a"), Outcome::Admitted),
            ("a policy with the same name", &both("one", 1, LONG)[1], key("a"), Outcome::Denied),
        ] {
            assert_eq!(
                decide(&store.limiter, policy, &key, 1).await.outcome,
                outcome,
                "{}: {name}",
                store.name
            );
        }
    }
}

#[tokio::test]
async fn a_policy_whose_numbers_change_goes_on_counting() {
    for store in stores("a_policy_whose_numbers_change_goes_on_counting") {
        let key = key("changes");
        for units in [5, 2] {
            for policy in both("changes", units, LONG) {
                let taken = decide(&store.limiter, &policy, &key, 2).await;
                assert_eq!(taken.outcome.lets_pass(), units == 5, "{}", store.name);
                assert_eq!(taken.remaining, if units == 5 { 3 } else { 0 }, "{}", store.name);
            }
        }
    }
}

#[tokio::test]
async fn the_next_pass_is_at_retry_after_and_not_earlier() {
    let period = Duration::from_millis(60);
    for store in stores("the_next_pass_is_at_retry_after_and_not_earlier") {
        for (policy, cost) in both("soon", 2, period).iter().flat_map(|policy| [(policy, 1), (policy, 2)]) {
            let key = key(&format!("soon {cost}"));
            let denied = loop {
                let decision = decide(&store.limiter, policy, &key, cost).await;
                if decision.outcome == Outcome::Denied {
                    break decision;
                }
            };
            loop {
                let next = decide(&store.limiter, policy, &key, cost).await;
                let is_due = next.at >= denied.at + denied.retry_after;
                assert_eq!(next.outcome.lets_pass(), is_due, "{}: {denied:?}, then {next:?}", store.name);
                if is_due {
                    break;
                }
            }
        }
    }
}

/// By the store's own clock, which tells when it decided.
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_exactly_what_the_definition_gives() {
    for store in stores("many_at_once_get_exactly_what_the_definition_gives") {
        for (policy, mut model) in [
            (Policy::gcra("many", 1_000, Duration::from_secs(1), 20).unwrap(), Model::gcra(1_000, 20)),
            (Policy::window("many", 20, Duration::from_millis(20)).unwrap(), Model::window(20_000, 20)),
        ] {
            let tasks: Vec<_> = (0..20)
                .map(|_| {
                    let (limiter, policy) = (store.limiter.clone(), policy.clone());
                    tokio::spawn(async move {
                        let mut decisions = Vec::new();
                        for _ in 0..100 {
                            decisions.push(decide(&limiter, &policy, &key("many"), 1).await);
                        }
                        decisions
                    })
                })
                .collect();
            let mut decisions = Vec::new();
            for task in tasks {
                decisions.extend(task.await.unwrap());
            }
            if store.name == "memory" {
                // The time is read before the lock is taken, so that two may be decided in the other order: nobody can
                // tell, and no more pass.
                let passed = decisions.iter().filter(|decision| decision.outcome.lets_pass()).count();
                assert!(passed >= 20, "{passed}");
                continue;
            }
            decisions.sort_by_key(|decision| (decision.at, decision.outcome == Outcome::Denied));
            for decision in decisions {
                let at = u64::try_from(decision.at.as_micros()).unwrap();
                assert_eq!(
                    model.decide(at, 1),
                    decision.outcome.lets_pass(),
                    "{}: {decision:?}",
                    policy.name()
                );
            }
        }
    }
}
