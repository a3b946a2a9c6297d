//! A shield in its place, and the one way to run it.

use std::{panic::AssertUnwindSafe, time::Instant};

use futures_util::FutureExt;

use super::{Check, Fail, FailKind, Panicked, Shield, ShieldInfo, Value, Verdict};
use crate::{
    context::ShieldContext,
    event::{ReportedShield, ShieldEvent, ShieldOutcome},
};

/// A shield with its description, which is asked for once.
#[derive(Debug)]
pub(crate) struct Leaf<Sh> {
    shield: Sh,
    info: ShieldInfo,
}

/// What a shield is called where it is only observed.
pub(crate) fn observed(name: &str) -> String {
    format!("{name} (observed)")
}

impl<Sh: Shield> Leaf<Sh> {
    pub(crate) fn new(shield: Sh) -> Self {
        // What a shield does to access is in its types; its description cannot say otherwise.
        let info = shield.info().typed_as::<Sh>();
        Self { shield, info }
    }

    pub(crate) fn info(&self) -> &ShieldInfo {
        &self.info
    }

    /// Runs the shield: a panic is a fail, the verdict carries the shield's name, and whoever listens hears of it.
    pub(crate) async fn screen<L, S, M>(
        &self,
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> Verdict<Value<Sh>>
    where
        Sh: Check<L, S, M>,
        L: Sync,
        S: Sync,
    {
        #[cfg(feature = "testing")]
        if let Some(value) = request.hooks.as_ref().and_then(|hooks| hooks.replacements.of_shield::<Sh>()) {
            return Verdict::Pass(value);
        }
        let observed = !self.info.is_composite() && request.is_observed();
        let started = observed.then(Instant::now);
        let verdict = AssertUnwindSafe(self.shield.check(request, passed, state)).catch_unwind().await;
        let verdict = match verdict {
            Ok(Verdict::Pass(value)) => Verdict::Pass(value),
            Ok(Verdict::Block(block)) => Verdict::Block(block.or_shield(&self.info)),
            Ok(Verdict::Fail(fail)) => Verdict::Fail(fail.or_shield(&self.info)),
            Err(panic) => Verdict::Fail(Fail::bug(Panicked::new(&*panic)).or_shield(&self.info)),
        };
        if let Some(started) = started {
            match &verdict {
                Verdict::Pass(_) => self.record(request, started, ShieldOutcome::Success, None),
                Verdict::Block(block) => {
                    self.record(request, started, ShieldOutcome::Blocked, block.detail_text());
                }
                Verdict::Fail(fail) => {
                    let outcome = match fail.kind() {
                        FailKind::Timeout => ShieldOutcome::Timeout,
                        FailKind::Unavailable | FailKind::Bug => ShieldOutcome::Error,
                    };
                    self.record(request, started, outcome, Some(&fail.to_string()));
                }
            }
        }
        verdict
    }

    /// Tells whoever listens how a run of this shield ended.
    pub(crate) fn record(
        &self,
        request: &mut ShieldContext,
        started: Instant,
        outcome: ShieldOutcome,
        reason: Option<&str>,
    ) {
        let duration = started.elapsed();
        // Blocks that nobody has felt are not to look like others.
        let name = if request.is_rehearsal {
            observed(self.info.name()).into()
        } else {
            self.info.name_cow().clone()
        };
        let event = ShieldEvent { name: &name, outcome, reason, duration, order: request.ran };
        request.ran += 1;
        for listener in request.hooks.iter().flat_map(|hooks| &hooks.listeners) {
            listener.on_shield(&event);
        }
        if let Some(info) = &request.info {
            info.report(ReportedShield { name, outcome, duration });
        }
    }
}
