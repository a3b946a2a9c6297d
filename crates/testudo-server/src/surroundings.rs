//! What a service is told about the world, and what it leaves there for the service to look after.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use testudo_core::Clock;
use testudo_settings::{ConnectionUrl, Environment, NoApp, Settings};

#[cfg(any(feature = "postgres", feature = "sqlite"))]
use crate::{database::Database, error::StartError};
use crate::{
    database::PoolGauge,
    health::{Check, IntoHealth},
};

/// How long what is done at the end may take. It is part of the second that every stop has beyond its budget.
const GOODBYE: Duration = Duration::from_secs(1);

/// What a service is told about the world when it opens its state. `A` is its own section of the configuration,
/// `[app]`.
///
/// Whatever it opens here is looked after: a [`database`](Self::database) has its check, its metrics and its closing.
///
/// ```
/// use testudo_server::{Environment, Surroundings};
///
/// let surroundings = Surroundings::new(Environment::Test).with_database_url("sqlite://test.db");
/// assert_eq!(surroundings.environment(), Environment::Test);
/// assert_eq!(surroundings.settings().server.port, 8_000);
/// assert_eq!(surroundings.app(), &testudo_server::NoApp::default());
/// ```
#[derive(Clone)]
#[must_use]
pub struct Surroundings<A = NoApp> {
    world: World,
    app: A,
}

impl Surroundings {
    /// An environment with the defaults, the system's clock and no database named.
    pub fn new(environment: Environment) -> Self {
        Self { world: World::new("test", Settings::new(environment)), app: NoApp {} }
    }
}

impl<A> Surroundings<A> {
    pub(crate) fn of(world: World, app: A) -> Self {
        Self { world, app }
    }

    /// Names the database, in place of `database.url`.
    ///
    /// # Panics
    /// If it is no URL.
    pub fn with_database_url(mut self, url: impl AsRef<str>) -> Self {
        let url: ConnectionUrl = url.as_ref().parse().expect("a database is named by a URL");
        self.world.change(|settings| settings.database.url = Some(url));
        self
    }

    /// Replaces what the service was told: its section `[app]`. For tests of what opens a state.
    ///
    /// ```
    /// # use testudo_server::{Environment, StartError, Surroundings};
    /// struct Shop {
    ///     currency: String,
    /// }
    ///
    /// async fn open(surroundings: Surroundings<Shop>) -> Result<String, StartError> {
    ///     Ok(format!("prices in {}", surroundings.app().currency))
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let shop = Shop { currency: "EUR".to_owned() };
    /// let state = open(Surroundings::new(Environment::Test).with_app(shop)).await.unwrap();
    /// assert_eq!(state, "prices in EUR");
    /// # });
    /// ```
    pub fn with_app<B>(self, app: B) -> Surroundings<B> {
        Surroundings { world: self.world, app }
    }

    /// Replaces the clock.
    ///
    /// ```
    /// # use testudo_server::{Environment, Surroundings};
    /// use std::time::SystemTime;
    /// use testudo_core::Clock;
    ///
    /// let surroundings = Surroundings::new(Environment::Test).with_clock(Clock::from_fn(|| SystemTime::UNIX_EPOCH));
    /// assert_eq!(surroundings.clock().unix_seconds(), 0);
    /// ```
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.world.clock = clock;
        self
    }

    /// Where the service runs.
    pub fn environment(&self) -> Environment {
        self.world.settings.environment
    }

    /// What Testudo itself was told.
    pub fn settings(&self) -> &Settings {
        self.world.settings()
    }

    /// What the service was told: its section `[app]`.
    pub fn app(&self) -> &A {
        &self.app
    }

    /// The clock that everything in the service asks.
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Opens the database that `database.url` names, or `default`, which is for development and tests. Opening it twice
    /// opens two pools.
    ///
    /// ```
    /// # use testudo_server::{Database, Environment, Surroundings};
    /// # #[cfg(feature = "sqlite")]
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let database = Surroundings::new(Environment::Test).database("sqlite::memory:").await.unwrap();
    /// assert!(matches!(database, Database::Sqlite(_)));
    /// # });
    /// ```
    ///
    /// # Errors
    /// If it cannot be opened, or `database.url` says nothing in staging or production; the message says what to do.
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub async fn database(&self, default: &str) -> Result<Database, StartError> {
        Database::open(&self.world, default).await
    }

    /// Runs beside the service, and ends with it. It has to be called inside the runtime, as the state's opening is.
    ///
    /// ```
    /// # use testudo_server::{Environment, Surroundings};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let (sent, received) = tokio::sync::oneshot::channel();
    /// let surroundings = Surroundings::new(Environment::Test);
    /// surroundings.spawn(async move { sent.send("swept").unwrap() });
    /// assert_eq!(received.await, Ok("swept"));
    /// # });
    /// ```
    pub fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.world.spawn(work);
    }

    /// What the service is called.
    ///
    /// ```
    /// # use testudo_server::{Environment, Surroundings};
    /// assert_eq!(Surroundings::new(Environment::Test).service(), "test");
    /// ```
    pub fn service(&self) -> &'static str {
        self.world.service()
    }

    /// Adds a check to `/readiness`. It runs in the background, `health.period` apart.
    ///
    /// ```
    /// use testudo_server::{Environment, Health, Surroundings};
    ///
    /// let surroundings = Surroundings::new(Environment::Test);
    /// surroundings.check("mail", || async { Health::degraded("the queue grows") });
    /// assert!(format!("{surroundings:?}").contains("mail"));
    /// ```
    pub fn check<F, R>(&self, name: &'static str, check: F)
    where
        F: Fn() -> R + Send + Sync + 'static,
        R: Future + Send + 'static,
        R::Output: IntoHealth,
    {
        self.world.add_check(Check::new(name, check));
    }

    /// Runs when the service has stopped serving, before its process ends: to flush, to say goodbye. It shares the
    /// shutdown budget.
    ///
    /// ```
    /// # use testudo_server::{Environment, Surroundings};
    /// let surroundings = Surroundings::new(Environment::Test);
    /// surroundings.on_stop(async { /* flush what is left */ });
    /// assert!(format!("{surroundings:?}").contains("on_stop: 1"));
    /// ```
    pub fn on_stop(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.world.on_stop(work);
    }
}

impl<A> fmt::Debug for Surroundings<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.world.lock();
        f.debug_struct("Surroundings")
            .field("environment", &self.environment())
            .field("checks", &left.checks.iter().map(|check| check.name).collect::<Vec<_>>())
            .field("on_stop", &left.on_stop.len())
            .finish_non_exhaustive()
    }
}

/// The part of the surroundings that is the same for every service.
#[derive(Clone)]
pub(crate) struct World {
    service: &'static str,
    settings: Arc<Settings>,
    clock: Clock,
    left: Arc<Mutex<Left>>,
}

/// What was left for the service to look after.
#[derive(Default)]
pub(crate) struct Left {
    pub(crate) checks: Vec<Check>,
    pub(crate) pools: Vec<PoolGauge>,
    pub(crate) on_stop: Vec<Pin<Box<dyn Future<Output = ()> + Send>>>,
    pub(crate) tasks: Vec<tokio::task::AbortHandle>,
}

impl World {
    pub(crate) fn new(service: &'static str, settings: Settings) -> Self {
        Self { service, settings: Arc::new(settings), clock: Clock::system(), left: Arc::default() }
    }

    pub(crate) fn service(&self) -> &'static str {
        self.service
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn add_check(&self, check: Check) {
        self.lock().checks.push(check);
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn watch_pool(&self, pool: PoolGauge) {
        self.lock().pools.push(pool);
    }

    pub(crate) fn on_stop(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.lock().on_stop.push(Box::pin(work));
    }

    /// Runs until the service stops.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.lock().tasks.push(tokio::spawn(work).abort_handle());
    }

    /// Takes over what was left.
    pub(crate) fn take(&self) -> Left {
        std::mem::take(&mut *self.lock())
    }

    fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        change(Arc::make_mut(&mut self.settings));
    }

    fn lock(&self) -> MutexGuard<'_, Left> {
        // A panic while the lock was held cannot have left a list half-written.
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Left {
    /// Ends what was left running, and does what was left to be done, within a moment.
    pub(crate) async fn stop(mut self) {
        for task in &self.tasks {
            task.abort();
        }
        let work = std::mem::take(&mut self.on_stop);
        if tokio::time::timeout(GOODBYE, futures_util::future::join_all(work)).await.is_err() {
            tracing::warn!(limit = ?GOODBYE, "what the service does when it stops was not done in time");
        }
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
