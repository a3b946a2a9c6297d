//! What shields did, for whoever listens.

use std::{borrow::Cow, time::Duration};

use serde::Serialize;

/// How a shield's run ended.
///
/// ```
/// use testudo_core::ShieldOutcome;
///
/// assert_eq!(ShieldOutcome::Blocked.as_str(), "blocked");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ShieldOutcome {
    /// It passed.
    Success,
    /// It blocked.
    Blocked,
    /// It could not decide.
    Error,
    /// It did not answer in time.
    Timeout,
}

impl ShieldOutcome {
    /// The word used in metrics and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Blocked => "blocked",
            Self::Error => "error",
            Self::Timeout => "timeout",
        }
    }
}

/// One run of one shield.
///
/// A combination such as `a.or(b)` has no event of its own: each alternative that ran has.
///
/// ```
/// use testudo::{ShieldEvent, prelude::*};
///
/// #[shield(name = "Door", protects)]
/// fn door() -> bool {
///     true
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let page = Stack::public("a page").shield(door).get(async || "inside");
/// let router = Router::new().route("/", page).on_shield(|event: &ShieldEvent<'_>| {
///     assert_eq!((event.name, event.outcome.as_str(), event.order), ("Door", "success", 0));
///     assert!(event.reason.is_none()); // there was nothing to say
/// });
/// # testudo_testkit::TestService::start(router, ()).await.get("/").await.status(200).text("inside");
/// # });
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct ShieldEvent<'a> {
    /// The shield's name.
    pub name: &'a str,
    /// How it ended.
    pub outcome: ShieldOutcome,
    /// Why it blocked or failed: internal text, not meant for clients.
    pub reason: Option<&'a str>,
    /// How long it took.
    pub duration: Duration,
    /// Its place among the shields that ran for this request, from 0.
    pub order: usize,
}

/// Hears of every shield run.
///
/// It is called on the request's own task, between the shield and what follows: it must not block. Nothing is
/// measured when nobody listens.
///
/// ```
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
/// use testudo::{ShieldEvent, ShieldListener, ShieldOutcome, prelude::*};
///
/// /// Counts refused requests.
/// #[derive(Clone, Default)]
/// struct Refused(Arc<AtomicU64>);
///
/// impl ShieldListener for Refused {
///     fn on_shield(&self, event: &ShieldEvent<'_>) {
///         self.0.fetch_add(u64::from(event.outcome == ShieldOutcome::Blocked), Ordering::Relaxed);
///     }
/// }
///
/// # #[shield(decides)]
/// # fn nobody() -> bool { false }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let refused = Refused::default();
/// let router = Router::new().route("/", Stack::new().shield(nobody).get(async || ()));
/// let router = router.on_shield(refused.clone());
/// # testudo_testkit::TestService::start(router, ()).await.get("/").await.status(403);
/// assert_eq!(refused.0.load(Ordering::Relaxed), 1);
/// # });
/// ```
pub trait ShieldListener: Send + Sync + 'static {
    /// A shield has run.
    fn on_shield(&self, event: &ShieldEvent<'_>);
}

impl<F: Fn(&ShieldEvent<'_>) + Send + Sync + 'static> ShieldListener for F {
    fn on_shield(&self, event: &ShieldEvent<'_>) {
        self(event);
    }
}

/// What one shield of one request did, as [`RequestInfo::shields`](crate::RequestInfo::shields) tells it.
///
/// ```
/// use testudo_core::ReportedShield;
///
/// fn slowest(shields: &[ReportedShield]) -> Option<&str> {
///     shields.iter().max_by_key(|shield| shield.duration).map(|shield| shield.name.as_ref())
/// }
/// assert_eq!(slowest(&[]), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ReportedShield {
    /// The shield's name.
    pub name: Cow<'static, str>,
    /// How it ended.
    pub outcome: ShieldOutcome,
    /// How long it took.
    pub duration: Duration,
}
