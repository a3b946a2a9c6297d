//! What asks a limit.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    decision::{Decision, WhenDown},
    memory::{Memory, MemoryOptions},
    policy::Policy,
    shared,
};
use crate::{Key, Redis, StoreError};

/// Counts what passes, in the memory of this process or on a Redis that several processes share. Clones count together.
///
/// ```
/// use std::time::Duration;
/// use testudo_store::{Key, Limiter, Policy, Redis, RedisOptions};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let policy = Policy::window("exports", 2, Duration::from_secs(3_600)).unwrap();
/// let key = Key::of("tenant", 1).part("acme").make();
///
/// # let server = testudo_testkit::RedisServer::start().unwrap();
/// # let url = server.url();
/// let redis = Redis::open(&RedisOptions::new(url)).unwrap();
/// for limiter in [Limiter::memory(), Limiter::redis(redis)] {
///     let other_process = limiter.clone();
///     assert!(limiter.decide(&policy, &key, 1).await.unwrap().outcome.lets_pass());
///     assert!(other_process.decide(&policy, &key, 1).await.unwrap().outcome.lets_pass());
///     assert!(!limiter.decide(&policy, &key, 1).await.unwrap().outcome.lets_pass());
/// }
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Limiter(Store);

#[derive(Debug, Clone)]
enum Store {
    Memory(Arc<Memory>),
    Redis {
        redis: Redis,
        /// Counts while the server is down, where that is wanted.
        local: Arc<Memory>,
        is_down: Arc<AtomicBool>,
    },
}

impl Limiter {
    /// Counts in the memory of this process.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use testudo_store::{Key, Limiter, Outcome, Policy};
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let hour = Policy::window("uploads", 10, Duration::from_secs(3_600)).unwrap();
    /// let key = Key::of("user", 1).part("ann").make();
    /// let large = Limiter::memory().decide(&hour, &key, 11).await.unwrap();
    /// assert_eq!(large.outcome, Outcome::Never);
    /// # });
    /// ```
    pub fn memory() -> Self {
        Self::memory_with(MemoryOptions::default())
    }

    /// Counts in the memory of this process, as these options say.
    ///
    /// ```
    /// use testudo_core::Clock;
    /// use testudo_store::{Limiter, MemoryOptions};
    ///
    /// let stopped = Clock::from_fn(|| std::time::SystemTime::UNIX_EPOCH);
    /// let limiter = Limiter::memory_with(MemoryOptions { clock: stopped, max_keys: 1_000 });
    /// assert!(format!("{limiter:?}").contains("Memory"));
    /// ```
    pub fn memory_with(options: MemoryOptions) -> Self {
        Self(Store::Memory(Arc::new(Memory::new(options))))
    }

    /// Counts on this Redis, by its clock. What it loses is freed: when it starts again without its data, and when it
    /// evicts keys, so `maxmemory-policy` should be `noeviction`, with which a server that is full is an error.
    ///
    /// ```
    /// use testudo_store::{Limiter, Redis, RedisOptions};
    ///
    /// let redis = Redis::open(&RedisOptions::new("redis://127.0.0.1")).unwrap();
    /// assert!(format!("{:?}", Limiter::redis(redis)).contains("Redis")); // it connects with the first decision
    /// ```
    pub fn redis(redis: Redis) -> Self {
        let local = Arc::new(Memory::new(MemoryOptions::default()));
        Self(Store::Redis { redis, local, is_down: Arc::default() })
    }

    /// Decides about a request that costs so many units, and takes them if it passes. A cost of 0 takes nothing, always
    /// passes, and tells what is left.
    ///
    /// # Errors
    /// The store could not be asked.
    pub async fn decide(&self, policy: &Policy, key: &Key, cost: u32) -> Result<Decision, StoreError> {
        if cost > policy.quota() {
            return Ok(Decision::never());
        }
        match &self.0 {
            Store::Memory(memory) => Ok(memory.decide(policy, key, cost)),
            Store::Redis { redis, is_down, .. } => {
                let decided = shared::decide(redis, policy, key, cost).await;
                tell(is_down, decided.as_ref().err());
                decided
            }
        }
    }

    /// Decides as [`decide`](Self::decide) does, and as `when_down` says while the store cannot be asked.
    ///
    /// ```
    /// # use std::time::Duration;
    /// use testudo_store::{Key, Limiter, Outcome, Policy, Redis, RedisOptions, WhenDown};
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let nowhere = Redis::open(&RedisOptions::new("redis://127.0.0.1:1")).unwrap();
    /// let limiter = Limiter::redis(nowhere);
    /// let policy = Policy::window("exports", 1, Duration::from_secs(3_600)).unwrap();
    /// let key = Key::of("tenant", 1).part("acme").make();
    ///
    /// assert!(limiter.decide_or(&policy, &key, 1, WhenDown::Closed).await.is_err());
    /// let open = limiter.decide_or(&policy, &key, 1, WhenDown::Open).await.unwrap();
    /// assert_eq!(open.outcome, Outcome::Unchecked);
    /// for outcome in [Outcome::Admitted, Outcome::Denied] {
    ///     let local = limiter.decide_or(&policy, &key, 1, WhenDown::Local).await.unwrap();
    ///     assert_eq!((local.outcome, local.is_local), (outcome, true));
    /// }
    /// # });
    /// ```
    ///
    /// # Errors
    /// The store could not be asked, and `when_down` is [`WhenDown::Closed`].
    pub async fn decide_or(
        &self,
        policy: &Policy,
        key: &Key,
        cost: u32,
        when_down: WhenDown,
    ) -> Result<Decision, StoreError> {
        let decided = self.decide(policy, key, cost).await;
        match (&self.0, when_down, decided) {
            (Store::Redis { local, .. }, WhenDown::Local, Err(_)) => {
                Ok(local.decide(policy, key, cost).locally())
            }
            (_, WhenDown::Open, Err(_)) => Ok(Decision::unchecked()),
            (_, _, decided) => decided,
        }
    }
}

impl Default for Limiter {
    /// In the memory of this process.
    fn default() -> Self {
        Self::memory()
    }
}

/// Logs once that the store is down, and once that it is back: where a use declares something else than an error, nobody
/// else would.
fn tell(is_down: &AtomicBool, error: Option<&StoreError>) {
    if is_down.load(Ordering::Relaxed) == error.is_some()
        || is_down.swap(error.is_some(), Ordering::Relaxed) == error.is_some()
    {
        return;
    }
    if let Some(error) = error {
        tracing::warn!(%error, "limits cannot be counted: each use does what it declares");
    } else {
        tracing::info!("limits are counted again");
    }
}
