//! A shield for some requests only.

use std::fmt;

use http::request::Parts;

use crate::{
    access::Protects,
    context::ShieldContext,
    shield::{Check, Output, Shield, ShieldInfo, Value, Verdict, leaf::Leaf},
};

/// Runs only for requests that satisfy a condition. See [`IntoShield::when`](crate::IntoShield::when).
///
/// ```
/// use testudo::{Shield, prelude::*, wiring::When};
///
/// #[shield(name = "Door", decides)]
/// fn door() -> Option<u32> {
///     Some(7)
/// }
///
/// fn is_upload(request: &axum::http::request::Parts) -> bool {
///     request.uri.path() == "/upload"
/// }
/// let sometimes: When<door, _> = door.when(is_upload);
/// assert_eq!(sometimes.info().name(), "Door (sometimes)");
/// assert!(!sometimes.info().decides());
/// ```
pub struct When<A, F> {
    shield: Leaf<A>,
    condition: F,
}

impl<A: Shield, F> When<A, F> {
    pub(crate) fn new(shield: A, condition: F) -> Self {
        Self { shield: Leaf::new(shield), condition }
    }
}

impl<A: fmt::Debug, F> fmt::Debug for When<A, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("When").field("shield", &self.shield).finish_non_exhaustive()
    }
}

impl<A: Shield, F: Fn(&Parts) -> bool + Send + Sync + 'static> Shield for When<A, F> {
    type Output = <A::Output as Output>::Skippable;
    type Access = Protects;

    fn info(&self) -> ShieldInfo {
        let shield = self.shield.info();
        ShieldInfo::composite::<Self>(format!("{} (sometimes)", shield.name()), &[shield])
    }
}

impl<L, S, M, A, F> Check<L, S, (M,)> for When<A, F>
where
    L: Sync,
    S: Sync,
    A: Check<L, S, M>,
    F: Fn(&Parts) -> bool + Send + Sync + 'static,
{
    async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Value<Self>> {
        if !(self.condition)(request.parts()) {
            return Verdict::Pass(A::Output::skippable(None));
        }
        self.shield.screen(request, passed, state).await.map(|value| A::Output::skippable(Some(value)))
    }
}
