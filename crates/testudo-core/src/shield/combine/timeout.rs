//! A shield that has to answer in time.

use std::time::{Duration, Instant};

use crate::{
    context::ShieldContext,
    event::ShieldOutcome,
    shield::{Check, Fail, Shield, ShieldInfo, Value, Verdict, leaf::Leaf},
};

/// Fails when no verdict is there in time. See [`IntoShield::timeout`](crate::IntoShield::timeout).
///
/// ```
/// use testudo::{Shield, prelude::*, wiring::Timeout};
///
/// #[shield(name = "Door", decides)]
/// fn door() -> Option<u32> {
///     Some(7)
/// }
///
/// let limited: Timeout<door> = door.timeout(std::time::Duration::from_secs(1));
/// assert_eq!(limited.info().name(), "Door");
/// assert!(limited.info().decides());
/// ```
#[derive(Debug)]
pub struct Timeout<A> {
    shield: Leaf<A>,
    limit: Duration,
}

impl<A: Shield> Timeout<A> {
    pub(crate) fn new(shield: A, limit: Duration) -> Self {
        Self { shield: Leaf::new(shield), limit }
    }
}

impl<A: Shield> Shield for Timeout<A> {
    type Output = A::Output;
    type Access = A::Access;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::composite::<Self>(self.shield.info().name_cow().clone(), &[self.shield.info()])
    }
}

impl<L: Sync, S: Sync, M, A: Check<L, S, M>> Check<L, S, (M,)> for Timeout<A> {
    async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Value<Self>> {
        let started = Instant::now();
        let run = self.shield.screen(request, passed, state);
        if let Ok(verdict) = tokio::time::timeout(self.limit, run).await {
            return verdict;
        }
        let reason = format!("no verdict within {:?}", self.limit);
        // The run that was cut off could not report itself.
        self.shield.record(request, started, ShieldOutcome::Timeout, Some(&reason));
        Verdict::Fail(Fail::timeout(reason))
    }
}
