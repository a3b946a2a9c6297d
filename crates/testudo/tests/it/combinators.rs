//! Properties of combined shields: a fail is never a pass, whatever is combined with what.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::body::Body;
use proptest::prelude::*;
use testudo::{
    BoxError, Check, Decides, Dependency, Depends, Fail, IntoShield, Passed, Passes, Router, Shield,
    ShieldContext, ShieldInfo, Stack, Verdict,
};

/// What a leaf is told to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Pass,
    Missing,
    Block,
    Fail,
    Panic,
}

/// How shields are combined.
#[derive(Debug, Clone)]
enum Plan {
    Leaf(usize, Answer),
    Or(Box<Plan>, Box<Plan>),
    Map(Box<Plan>),
    Timeout(Box<Plan>),
}

/// What a combination has to do, by the rules and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Pass,
    Block,
    Fail,
}

impl Plan {
    fn outcome(&self) -> Outcome {
        match self {
            Self::Leaf(_, Answer::Pass) => Outcome::Pass,
            Self::Leaf(_, Answer::Missing | Answer::Block) => Outcome::Block,
            Self::Leaf(_, Answer::Fail | Answer::Panic) => Outcome::Fail,
            Self::Map(inner) | Self::Timeout(inner) => inner.outcome(),
            Self::Or(first, second) => match (first.outcome(), second.outcome()) {
                (Outcome::Pass, _) | (_, Outcome::Pass) => Outcome::Pass,
                (Outcome::Block, Outcome::Block) => Outcome::Block,
                _ => Outcome::Fail,
            },
        }
    }

    /// The leaves that have to run, in order.
    fn runs(&self) -> Vec<usize> {
        match self {
            Self::Leaf(id, _) => vec![*id],
            Self::Map(inner) | Self::Timeout(inner) => inner.runs(),
            Self::Or(first, second) => {
                let mut runs = first.runs();
                if first.outcome() != Outcome::Pass {
                    runs.extend(second.runs());
                }
                runs
            }
        }
    }

    /// The same plan with every leaf numbered from left to right.
    fn numbered(self, next: &mut usize) -> Self {
        match self {
            Self::Leaf(_, answer) => {
                *next += 1;
                Self::Leaf(*next, answer)
            }
            Self::Map(inner) => Self::Map(Box::new(inner.numbered(next))),
            Self::Timeout(inner) => Self::Timeout(Box::new(inner.numbered(next))),
            Self::Or(first, second) => {
                let first = first.numbered(next);
                Self::Or(Box::new(first), Box::new(second.numbered(next)))
            }
        }
    }
}

fn answers() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Pass),
        Just(Answer::Missing),
        Just(Answer::Block),
        Just(Answer::Fail),
        Just(Answer::Panic)
    ]
}

fn plans() -> impl Strategy<Value = Plan> {
    let leaf = answers().prop_map(|answer| Plan::Leaf(0, answer));
    let plan = leaf.prop_recursive(4, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Plan::Or(Box::new(a), Box::new(b))),
            inner.clone().prop_map(|a| Plan::Map(Box::new(a))),
            inner.prop_map(|a| Plan::Timeout(Box::new(a))),
        ]
    });
    plan.prop_map(|plan| plan.numbered(&mut 0))
}

type Ran = Arc<Mutex<Vec<usize>>>;

type Mapped = testudo::wiring::Map<Built, fn(Seen) -> Seen, Seen>;

/// A shield built from a plan at run time: each node is the real combinator around its parts.
enum Built {
    Leaf(usize, Answer, Ran),
    Or(Box<testudo::wiring::Or<Built, Built>>),
    Map(Box<Mapped>),
    Timeout(Box<testudo::wiring::Timeout<Built>>),
}

#[derive(Clone, Debug, PartialEq)]
struct Seen(usize);

fn build(plan: &Plan, ran: &Ran) -> Built {
    match plan {
        Plan::Leaf(id, answer) => Built::Leaf(*id, *answer, ran.clone()),
        Plan::Or(a, b) => Built::Or(Box::new(build(a, ran).or(build(b, ran)))),
        Plan::Map(a) => Built::Map(Box::new(build(a, ran).map((|seen| seen) as fn(Seen) -> Seen))),
        Plan::Timeout(a) => {
            Built::Timeout(Box::new(build(a, ran).timeout(std::time::Duration::from_mins(1))))
        }
    }
}

impl Shield for Built {
    type Output = Passed<Seen>;
    type Access = Decides;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::of::<Self>("built")
    }
}

impl<L: Sync, S: Sync> Check<L, S> for Built {
    async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Seen> {
        check(self, request, passed, state).await
    }
}

/// Boxed, because a plan is as deep as it is.
fn check<'a, L: Sync, S: Sync>(
    built: &'a Built,
    request: &'a mut ShieldContext,
    passed: &'a L,
    state: &'a S,
) -> std::pin::Pin<Box<dyn Future<Output = Verdict<Seen>> + Send + 'a>> {
    Box::pin(async move {
        match built {
            Built::Leaf(id, answer, ran) => {
                ran.lock().unwrap().push(*id);
                match answer {
                    Answer::Pass => Verdict::Pass(Seen(*id)),
                    Answer::Missing => Verdict::Block(testudo::Block::missing()),
                    Answer::Block => Verdict::Block(testudo::Block::unworded()),
                    Answer::Fail => Verdict::Fail(Fail::unavailable("down")),
                    Answer::Panic => std::panic::resume_unwind(Box::new("a leaf")),
                }
            }
            Built::Or(or) => or.check(request, passed, state).await,
            Built::Map(map) => map.check(request, passed, state).await,
            Built::Timeout(timeout) => timeout.check(request, passed, state).await,
        }
    })
}

fn run<L: Send + Sync + 'static>(stack: &Stack<(), L>) -> u16 {
    let router = Router::new().route("/", stack.get(async || ())).into_axum();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let request = axum::http::Request::get("/").body(Body::empty()).unwrap();
    runtime.block_on(tower::ServiceExt::oneshot(router, request)).unwrap().status().as_u16()
}

fn outcome_of(status: u16) -> Outcome {
    match status {
        200 => Outcome::Pass,
        400..=499 => Outcome::Block,
        _ => Outcome::Fail,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_combination_does_what_the_rules_say_in_the_order_they_say(plan in plans()) {
        let ran = Ran::default();
        let stack = Stack::new().shield(build(&plan, &ran));
        prop_assert_eq!(outcome_of(run(&stack)), plan.outcome());
        prop_assert_eq!(ran.lock().unwrap().clone(), plan.runs());
    }

    #[test]
    fn adding_a_shield_never_admits_more(first in plans(), second in plans()) {
        let ran = Ran::default();
        let alone = Stack::new().shield(build(&first, &ran));
        let both = alone.shield(build(&second, &ran).map(|seen| Other(seen.0)));
        let (alone, both) = (outcome_of(run(&alone)), outcome_of(run(&both)));
        prop_assert!(both != Outcome::Pass || alone == Outcome::Pass);
        prop_assert_eq!(both == Outcome::Pass, alone == Outcome::Pass && second.outcome() == Outcome::Pass);
    }

    #[test]
    fn or_is_associative(a in plans(), b in plans(), c in plans()) {
        let ran = Ran::default();
        let left = Stack::new().shield(build(&a, &ran).or(build(&b, &ran)).or(build(&c, &ran)));
        let right = Stack::new().shield(build(&a, &ran).or(build(&b, &ran).or(build(&c, &ran))));
        prop_assert_eq!(outcome_of(run(&left)), outcome_of(run(&right)));
    }

    #[test]
    fn optional_forgives_nothing_but_a_missing_credential(answer in answers()) {
        let ran = Ran::default();
        let stack = Stack::<()>::public("the shield says").shield(build(&Plan::Leaf(1, answer), &ran).optional());
        let router = Router::new().route("/", stack.get(async |Passed(seen): Passed<Option<Seen>>| format!("{seen:?}")));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let request = axum::http::Request::get("/").body(Body::empty()).unwrap();
        let status = runtime.block_on(tower::ServiceExt::oneshot(router.into_axum(), request)).unwrap().status();
        let expected = match answer {
            Answer::Pass | Answer::Missing => Outcome::Pass,
            Answer::Block => Outcome::Block,
            Answer::Fail | Answer::Panic => Outcome::Fail,
        };
        prop_assert_eq!(outcome_of(status.as_u16()), expected);
    }

    #[test]
    fn when_skips_the_shield_or_is_the_shield(answer in answers(), condition: bool) {
        let ran = Ran::default();
        let shield = build(&Plan::Leaf(1, answer), &ran).when(move |_| condition);
        let stack = Stack::<()>::public("the shield says").shield(shield);
        let router = Router::new().route("/", stack.get(async || ()));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let request = axum::http::Request::get("/").body(Body::empty()).unwrap();
        let status = runtime.block_on(tower::ServiceExt::oneshot(router.into_axum(), request)).unwrap().status();
        let expected = if condition { Plan::Leaf(1, answer).outcome() } else { Outcome::Pass };
        prop_assert_eq!(outcome_of(status.as_u16()), expected);
        prop_assert_eq!(ran.lock().unwrap().len(), usize::from(condition));
    }

    #[test]
    fn a_dependency_is_computed_at_most_once(shields in 0_usize..4, arguments in 0_usize..4) {
        COMPUTED.with(|computed| computed.store(0, SeqCst));
        let mut stack: Stack<(), Passes![Seen]> = Stack::new().shield(build(&Plan::Leaf(1, Answer::Pass), &Ran::default()));
        for _ in 0..shields {
            stack = stack.shield(wants_it);
        }
        let route = match arguments {
            0 => stack.get(async || ()),
            1 => stack.get(async |_: Depends<Computed>| ()),
            2 => stack.get(async |_: Depends<Computed>, _: Depends<Computed>| ()),
            _ => stack.get(async |_: Depends<Computed>, _: Depends<Computed>, _: Depends<Computed>| ()),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let request = axum::http::Request::get("/").body(Body::empty()).unwrap();
        let router = Router::new().route("/", route).into_axum();
        let status = runtime.block_on(tower::ServiceExt::oneshot(router, request)).unwrap().status();
        prop_assert_eq!(status.as_u16(), 200);
        prop_assert_eq!(COMPUTED.with(|computed| computed.load(SeqCst)), usize::from(shields + arguments > 0));
    }
}

#[derive(Clone)]
struct Other(
    #[expect(dead_code, reason = "only its type matters: two values of one type would be ambiguous")] usize,
);

std::thread_local! {
    static COMPUTED: AtomicUsize = const { AtomicUsize::new(0) };
}

struct Computed;

impl Dependency for Computed {
    type From = (Passed<Seen>,);
    type Error = BoxError;

    async fn resolve((Passed(_),): Self::From) -> Result<Self, BoxError> {
        COMPUTED.with(|computed| computed.fetch_add(1, SeqCst));
        Ok(Self)
    }
}

#[testudo::shield(name = "Wants It")]
fn wants_it(_: Depends<Computed>) -> bool {
    true
}
