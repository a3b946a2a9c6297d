//! A shield whose credential may be missing.

use crate::{
    access::Protects,
    context::ShieldContext,
    shield::{Check, Output, Shield, ShieldInfo, Value, Verdict, block::BlockReason, leaf::Leaf},
};

/// Passes `None` when the credential is missing. See [`IntoShield::optional`](crate::IntoShield::optional).
///
/// ```
/// use testudo::{Shield, prelude::*, wiring::Optional};
///
/// #[shield(name = "Door", decides)]
/// fn door() -> Option<u32> {
///     Some(7)
/// }
///
/// let optional: Optional<door> = door.optional();
/// assert_eq!(optional.info().name(), "Door (optional)");
/// assert!(!optional.info().decides());
/// ```
#[derive(Debug)]
pub struct Optional<A>(Leaf<A>);

impl<A: Shield> Optional<A> {
    pub(crate) fn new(shield: A) -> Self {
        Self(Leaf::new(shield))
    }
}

impl<A: Shield> Shield for Optional<A> {
    type Output = <A::Output as Output>::Skippable;
    type Access = Protects;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::composite::<Self>(format!("{} (optional)", self.0.info().name()), &[self.0.info()])
    }
}

impl<L: Sync, S: Sync, M, A: Check<L, S, M>> Check<L, S, (M,)> for Optional<A> {
    async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Value<Self>> {
        match self.0.screen(request, passed, state).await {
            Verdict::Block(block) if block.reason() == BlockReason::Missing => {
                Verdict::Pass(A::Output::skippable(None))
            }
            other => other.map(|value| A::Output::skippable(Some(value))),
        }
    }
}
