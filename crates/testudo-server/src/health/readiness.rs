//! What is believed of all checks, kept up to date by background tasks.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
    time::{Duration, SystemTime},
};

use serde::Serialize;
use testudo_settings::HealthSettings;
use tokio::{task::JoinSet, time::Instant};

use super::{
    Check, Health,
    hysteresis::{Hysteresis, Thresholds},
};

/// Whether the service should get traffic: what the probes read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub(crate) enum Status {
    /// A check has not answered yet.
    Starting,
    Up,
    /// Something works worse than it should.
    Degraded,
    /// Something does not work.
    Down,
}

/// What is believed of all checks.
#[derive(Debug)]
pub(crate) struct Readiness {
    status: AtomicU8,
    /// Whether it was ever up.
    started: AtomicBool,
    checks: Mutex<Vec<Believed>>,
}

#[derive(Debug)]
struct Believed {
    name: &'static str,
    hysteresis: Hysteresis,
    since: Option<SystemTime>,
    took: Duration,
}

/// What operators read of one check.
#[derive(Debug, Serialize)]
pub(crate) struct CheckReport {
    name: &'static str,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Seconds since 1970 at which it became so.
    since: Option<u64>,
    duration_ms: u128,
}

impl Readiness {
    pub(crate) fn new(checks: &[Check]) -> Arc<Self> {
        let believed = |check: &Check| Believed {
            name: check.name,
            hysteresis: Hysteresis::default(),
            since: None,
            took: Duration::ZERO,
        };
        let status = if checks.is_empty() { Status::Up } else { Status::Starting };
        Arc::new(Self {
            status: AtomicU8::new(status as u8),
            started: AtomicBool::new(checks.is_empty()),
            checks: Mutex::new(checks.iter().map(believed).collect()),
        })
    }

    /// Whether it has been ready once.
    pub(crate) fn has_started(&self) -> bool {
        self.started.load(Ordering::Acquire)
    }

    pub(crate) fn status(&self) -> Status {
        const ALL: [Status; 4] = [Status::Starting, Status::Up, Status::Degraded, Status::Down];
        ALL[usize::from(self.status.load(Ordering::Acquire)) % ALL.len()]
    }

    /// What operators read of all checks.
    pub(crate) fn report(&self) -> Vec<CheckReport> {
        let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|t| t.as_secs());
        let report = |check: &Believed| {
            let (status, reason) = status_of(check.hysteresis.believed());
            let since = check.since.and_then(since);
            CheckReport { name: check.name, status, reason, since, duration_ms: check.took.as_millis() }
        };
        self.lock().iter().map(report).collect()
    }

    fn observe(&self, index: usize, result: Health, took: Duration, thresholds: Thresholds) {
        let mut checks = self.lock();
        let Some(check) = checks.get_mut(index) else { return };
        check.took = took;
        if check.hysteresis.observe(result, thresholds) {
            check.since = Some(SystemTime::now());
            say(check);
        }
        let worst = checks
            .iter()
            .map(|check| status_of(check.hysteresis.believed()).0)
            .max_by_key(|status| rank(*status));
        let status = worst.unwrap_or(Status::Up);
        self.status.store(status as u8, Ordering::Release);
        if matches!(status, Status::Up | Status::Degraded) {
            self.started.store(true, Ordering::Release);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Believed>> {
        // A panic while the lock was held cannot have left a check half-written.
        self.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn status_of(believed: Option<&Health>) -> (Status, Option<String>) {
    match believed {
        None => (Status::Starting, None),
        Some(Health::Up) => (Status::Up, None),
        Some(Health::Degraded(why)) => (Status::Degraded, Some(why.to_string())),
        Some(Health::Down(why)) => (Status::Down, Some(why.to_string())),
    }
}

/// The worst of all checks is the service's.
fn rank(status: Status) -> u8 {
    match status {
        Status::Up => 0,
        Status::Degraded => 1,
        Status::Starting => 2,
        Status::Down => 3,
    }
}

fn say(check: &Believed) {
    let (status, reason) = status_of(check.hysteresis.believed());
    let reason = reason.as_deref();
    match status {
        Status::Up | Status::Starting => tracing::info!(check = check.name, "a check passes"),
        Status::Degraded => tracing::warn!(check = check.name, reason, "a check reports degraded service"),
        Status::Down => tracing::error!(check = check.name, reason, "a check fails"),
    }
}

/// Runs every check once a period, and sooner to confirm a failure, each in a task of its own, until the set is dropped.
pub(crate) fn watch(
    readiness: &Arc<Readiness>,
    checks: Vec<Check>,
    settings: &HealthSettings,
) -> JoinSet<()> {
    let thresholds = Thresholds { failures: settings.failures, successes: settings.successes };
    let settings = settings.clone();
    let mut tasks = JoinSet::new();
    for (index, check) in checks.into_iter().enumerate() {
        let (readiness, settings) = (readiness.clone(), settings.clone());
        tasks.spawn(async move {
            let mut failures = 0;
            loop {
                let started = Instant::now();
                let result = run(&check, *settings.timeout).await;
                failures = if matches!(result, Health::Down(_)) { failures + 1 } else { 0 };
                readiness.observe(index, result, started.elapsed(), thresholds);
                // A run that took longer than that delays the next; it does not cause a burst.
                tokio::time::sleep_until(started + pause(&settings, failures)).await;
            }
        });
    }
    tasks
}

/// Time from the start of a run to the start of the next, after so many failures in a row. The failures that make an
/// outage are spread over what is left of two periods: by their end it is believed, however the first of them fell.
fn pause(settings: &HealthSettings, failures: u32) -> Duration {
    if failures == 0 || failures >= settings.failures {
        return *settings.period;
    }
    settings.period.saturating_sub(*settings.timeout) / (settings.failures - 1)
}

/// Runs a check. One that panics or hangs has not passed.
async fn run(check: &Check, timeout: Duration) -> Health {
    // In a task of its own: a check that blocks its thread does not hold up the time limit.
    let mut run = tokio::spawn(check.run());
    match tokio::time::timeout(timeout, &mut run).await {
        Ok(Ok(health)) => health,
        Ok(Err(_)) => Health::down("the check panicked"),
        Err(_) => {
            run.abort();
            Health::down(format!("no answer within {timeout:?}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use testudo_settings::{Environment, Period, Settings};

    use super::*;

    fn settings() -> HealthSettings {
        Settings::new(Environment::Test).health
    }

    /// A check whose answer a test sets, and which counts how often it was asked.
    #[derive(Clone, Default)]
    struct Fixture(Arc<(AtomicU8, AtomicU32)>);

    impl Fixture {
        fn set(&self, answer: u8) {
            self.0.0.store(answer, Ordering::SeqCst);
        }

        fn check(&self) -> Check {
            let fixture = self.clone();
            Check::new("store", move || {
                let fixture = fixture.clone();
                async move {
                    fixture.0.1.fetch_add(1, Ordering::SeqCst);
                    match fixture.0.0.load(Ordering::SeqCst) {
                        0 => Health::Up,
                        1 => Health::degraded("slow"),
                        2 => Health::down("refused"),
                        3 => panic!("a bug in the check"),
                        _ => std::future::pending().await,
                    }
                }
            })
        }
    }

    async fn wait(duration: Duration) {
        tokio::time::sleep(duration).await;
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_is_believed_within_two_periods_and_a_recovery_within_one() {
        let fixture = Fixture::default();
        let checks = vec![fixture.check()];
        let readiness = Readiness::new(&checks);
        assert_eq!((readiness.status(), readiness.has_started()), (Status::Starting, false));
        let settings = settings();
        let _tasks = watch(&readiness, checks, &settings);
        wait(Duration::from_millis(1)).await;
        assert_eq!((readiness.status(), readiness.has_started()), (Status::Up, true));
        for (answer, expected) in [
            (2, Status::Down),
            (0, Status::Up),
            (3, Status::Down),
            (0, Status::Up),
            (9, Status::Down),
            (1, Status::Degraded),
        ] {
            fixture.set(answer);
            wait(*settings.period * 2).await;
            assert_eq!(readiness.status(), expected, "answer {answer}");
            assert!(readiness.has_started());
        }
    }

    #[test]
    fn a_failure_is_confirmed_within_two_periods_of_the_outage() {
        for (name, period, timeout, needed, in_a_row, expected) in [
            ("it passes", 5_000, 2_000, 2, 0, 5_000),
            ("the first of two", 5_000, 2_000, 2, 1, 3_000),
            ("both of two", 5_000, 2_000, 2, 2, 5_000),
            ("long down", 5_000, 2_000, 2, 9, 5_000),
            ("the first of four", 5_000, 2_000, 4, 1, 1_000),
            ("the third of four", 5_000, 2_000, 4, 3, 1_000),
            ("one is enough", 5_000, 2_000, 1, 1, 5_000),
            ("a run may take all of its period", 1_000, 1_000, 2, 1, 0),
        ] {
            let mut settings = settings();
            settings.period = Period::from_millis(period);
            settings.timeout = Period::from_millis(timeout);
            settings.failures = needed;
            assert_eq!(pause(&settings, in_a_row).as_millis(), expected, "{name}");
            // The first failure begins at most a period after the outage; the last one takes all of its time.
            let steps = u64::from(needed - 1) * u64::try_from(pause(&settings, 1).as_millis()).unwrap();
            assert!(needed == 1 || period + steps + timeout <= 2 * period, "{name}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn operators_read_why_and_reading_runs_no_check() {
        let fixture = Fixture::default();
        fixture.set(2);
        let checks = vec![fixture.check()];
        let readiness = Readiness::new(&checks);
        let _tasks = watch(&readiness, checks, &settings());
        wait(Duration::from_millis(1)).await;
        for _ in 0..1_000 {
            assert_eq!(readiness.status(), Status::Down);
        }
        let report = serde_json::to_value(readiness.report()).unwrap();
        assert_eq!((&report[0]["status"], &report[0]["reason"]), (&"down".into(), &"refused".into()));
        assert_eq!(fixture.0.1.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_service_without_checks_is_ready() {
        let readiness = Readiness::new(&[]);
        assert_eq!((readiness.status(), readiness.has_started()), (Status::Up, true));
    }
}
