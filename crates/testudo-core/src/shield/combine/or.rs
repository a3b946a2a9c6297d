//! One of two shields.

use crate::{
    access::Access,
    context::ShieldContext,
    endpoint::ErrorChain,
    shield::{Check, Fail, Shield, ShieldInfo, Value, Verdict, leaf::Leaf},
};

/// The first of two shields that passes. See [`IntoShield::or`](crate::IntoShield::or).
///
/// ```
/// use testudo::{Shield, prelude::*, wiring::Or};
///
/// #[shield(name = "Door", decides)]
/// fn door() -> Option<u32> {
///     Some(7)
/// }
///
/// let either: Or<door, door> = door.or(door);
/// assert_eq!(either.info().name(), "Door or Door");
/// assert!(either.info().decides());
/// ```
#[derive(Debug)]
pub struct Or<A, B> {
    first: Leaf<A>,
    second: Leaf<B>,
}

impl<A: Shield, B: Shield> Or<A, B> {
    pub(crate) fn new(first: A, second: B) -> Self {
        Self { first: Leaf::new(first), second: Leaf::new(second) }
    }
}

impl<A: Shield, B: Shield<Output = A::Output>> Shield for Or<A, B> {
    type Output = A::Output;
    type Access = <A::Access as Access>::And<B::Access>;

    fn info(&self) -> ShieldInfo {
        let name = format!("{} or {}", self.first.info().name(), self.second.info().name());
        ShieldInfo::composite::<Self>(name, &[self.first.info(), self.second.info()])
    }
}

impl<L, S, MA, MB, A, B> Check<L, S, (MA, MB)> for Or<A, B>
where
    L: Sync,
    S: Sync,
    A: Check<L, S, MA>,
    B: Check<L, S, MB> + Shield<Output = A::Output>,
{
    async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Value<Self>> {
        let first = match self.first.screen(request, passed, state).await {
            Verdict::Pass(value) => return Verdict::Pass(value),
            refused => refused,
        };
        match (first, self.second.screen(request, passed, state).await) {
            (Verdict::Fail(fail), Verdict::Pass(value)) => {
                outlived(&fail);
                Verdict::Pass(value)
            }
            (_, Verdict::Pass(value)) | (Verdict::Pass(value), _) => Verdict::Pass(value),
            (Verdict::Fail(first), Verdict::Fail(second)) => {
                outlived(&second);
                Verdict::Fail(first)
            }
            (Verdict::Block(first), Verdict::Block(second)) => {
                Verdict::Block(first.with_challenges_of(&second))
            }
            (Verdict::Fail(fail), _) | (_, Verdict::Fail(fail)) => Verdict::Fail(fail),
        }
    }
}

/// Logs a failure that the answer does not show, because the other alternative gave one.
fn outlived(fail: &Fail) {
    tracing::event!(
        target: "testudo::shield",
        tracing::Level::WARN,
        shield.name = fail.shield(),
        error = %ErrorChain(fail),
        "a shield failed, and its alternative answered"
    );
}
