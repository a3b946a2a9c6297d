//! A shield that only says what it would have decided.

use std::{fmt, marker::PhantomData, mem};

use crate::{
    access::Protects,
    after::ResponseHeaders,
    argument::Passed,
    context::ShieldContext,
    event::ShieldOutcome,
    shield::{
        Check, FailKind, Shield, ShieldInfo, Value, Verdict,
        leaf::{Leaf, observed},
    },
};

/// What a shield that passes `T` would have decided. It holds no `T`: whoever was only observed has proved nothing.
///
/// ```
/// use testudo::{Observed, prelude::*};
///
/// #[derive(Clone)]
/// struct Member;
///
/// #[shield(decides)]
/// fn member(headers: &axum::http::HeaderMap) -> Option<Member> {
///     headers.contains_key("x-member").then_some(Member)
/// }
///
/// async fn page(seen: Passed<Observed<Member>>) -> &'static str {
///     if seen.would_pass() { "as today" } else { "members only, from next week" }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let stack = Stack::public("until the members are told").shield(member.observe());
/// let service = testudo_testkit::TestService::start(Router::new().route("/", stack.get(page)), ()).await;
/// service.get("/").await.status(200).text("members only, from next week");
/// service.get("/").header("x-member", "7").await.status(200).text("as today");
/// # });
/// ```
pub struct Observed<T> {
    outcome: ShieldOutcome,
    of: PhantomData<fn() -> T>,
}

impl<T> Observed<T> {
    fn new(outcome: ShieldOutcome) -> Self {
        Self { outcome, of: PhantomData }
    }

    /// How the shield ended.
    ///
    /// ```
    /// use testudo::{Observed, ShieldOutcome};
    ///
    /// fn is_trouble<T>(seen: Observed<T>) -> bool {
    ///     matches!(seen.outcome(), ShieldOutcome::Error | ShieldOutcome::Timeout)
    /// }
    /// # assert_eq!(std::mem::size_of::<Observed<String>>(), 1);
    /// ```
    pub fn outcome(self) -> ShieldOutcome {
        self.outcome
    }

    /// Whether it would have let the request through.
    pub fn would_pass(self) -> bool {
        self.outcome == ShieldOutcome::Success
    }
}

// Derived, these would ask the same of `T`.
impl<T> Clone for Observed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Observed<T> {}

impl<T> fmt::Debug for Observed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observed").field(&self.outcome).finish()
    }
}

/// A run that changes nothing for the client: also what the shield says to it stays unsaid. It ends when this is dropped,
/// which somebody who waits no longer may do at any time.
struct Rehearsal<'r> {
    request: &'r mut ShieldContext,
    headers: Option<ResponseHeaders>,
    within_another: bool,
}

impl<'r> Rehearsal<'r> {
    fn begin(request: &'r mut ShieldContext) -> Self {
        let headers = request.after.headers.take();
        let within_another = mem::replace(&mut request.is_rehearsal, true);
        Self { request, headers, within_another }
    }
}

impl Drop for Rehearsal<'_> {
    fn drop(&mut self) {
        self.request.after.headers = self.headers.take();
        self.request.is_rehearsal = self.within_another;
    }
}

/// Runs a shield and passes in any case. See [`IntoShield::observe`](crate::IntoShield::observe).
///
/// ```
/// use testudo::{Shield, prelude::*, wiring::Observe};
///
/// #[shield(name = "Door", decides)]
/// fn door() -> Option<u32> {
///     Some(7)
/// }
///
/// let observed: Observe<door> = door.observe();
/// assert_eq!(observed.info().name(), "Door (observed)");
/// assert!(!observed.info().decides());
/// ```
#[derive(Debug)]
pub struct Observe<A>(Leaf<A>);

impl<A: Shield> Observe<A> {
    pub(crate) fn new(shield: A) -> Self {
        Self(Leaf::new(shield))
    }
}

impl<A: Shield> Shield for Observe<A> {
    type Output = Passed<Observed<Value<A>>>;
    type Access = Protects;

    fn info(&self) -> ShieldInfo {
        ShieldInfo::composite::<Self>(observed(self.0.info().name()), &[self.0.info()])
    }
}

impl<L: Sync, S: Sync, M, A: Check<L, S, M>> Check<L, S, (M,)> for Observe<A> {
    async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<Value<Self>> {
        let rehearsal = Rehearsal::begin(request);
        let verdict = self.0.screen(rehearsal.request, passed, state).await;
        drop(rehearsal);
        Verdict::Pass(Observed::new(match verdict {
            Verdict::Pass(_) => ShieldOutcome::Success,
            Verdict::Block(_) => ShieldOutcome::Blocked,
            Verdict::Fail(fail) if fail.kind() == FailKind::Timeout => ShieldOutcome::Timeout,
            Verdict::Fail(_) => ShieldOutcome::Error,
        }))
    }
}
