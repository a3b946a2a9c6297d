//! A shield whose value becomes another.

use std::{fmt, marker::PhantomData};

use crate::{
    argument::Passed,
    context::ShieldContext,
    shield::{Check, Shield, ShieldInfo, Value, Verdict, leaf::Leaf},
};

/// Turns the passed value into another. See [`IntoShield::map`](crate::IntoShield::map).
///
/// ```
/// use testudo::{Shield, prelude::*, wiring::Map};
///
/// #[shield(name = "Door", decides)]
/// fn door() -> Option<u32> {
///     Some(7)
/// }
///
/// let mapped: Map<door, fn(u32) -> String, String> = door.map(|id| id.to_string());
/// assert_eq!(mapped.info().name(), "Door");
/// assert!(mapped.info().decides());
/// ```
pub struct Map<A, F, U> {
    shield: Leaf<A>,
    function: F,
    into: PhantomData<fn() -> U>,
}

impl<A: Shield, F, U> Map<A, F, U> {
    pub(crate) fn new(shield: A, function: F) -> Self {
        Self { shield: Leaf::new(shield), function, into: PhantomData }
    }
}

impl<A: fmt::Debug, F, U> fmt::Debug for Map<A, F, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Map").field("shield", &self.shield).finish_non_exhaustive()
    }
}

impl<A, F, U> Shield for Map<A, F, U>
where
    A: Shield,
    F: Fn(Value<A>) -> U + Send + Sync + 'static,
    U: Clone + Send + Sync + 'static,
{
    type Output = Passed<U>;
    type Access = A::Access;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::composite::<Self>(self.shield.info().name_cow().clone(), &[self.shield.info()])
    }
}

impl<L, S, M, A, F, U> Check<L, S, (M,)> for Map<A, F, U>
where
    L: Sync,
    S: Sync,
    A: Check<L, S, M>,
    F: Fn(Value<A>) -> U + Send + Sync + 'static,
    U: Clone + Send + Sync + 'static,
{
    async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<U> {
        self.shield.screen(request, passed, state).await.map(&self.function)
    }
}
