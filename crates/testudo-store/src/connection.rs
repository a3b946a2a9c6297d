//! A Redis that several processes share.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use redis::{
    Client, FromRedisValue, IntoConnectionInfo, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
    io::tcp::TcpSettings,
};
use sha2::{Digest, Sha256};

use crate::error::{StoreError, StoreErrorKind};

/// Time for one connection attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Time for one answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_millis(500);
/// Calls that may wait to be written at the same time. All the others wait for one of them.
const WAITING_CALLS: usize = 1_024;
/// After so many calls in a row without an answer, the connection is believed to be dead, and a new one is made.
const SILENT_CALLS: u32 = 3;

/// Where Redis is, and how long it may take.
///
/// ```
/// use std::time::Duration;
/// use testudo_store::RedisOptions;
///
/// let options = RedisOptions::new("rediss://limits:hunter2@redis.internal");
/// assert_eq!((options.connect_timeout, options.response_timeout), (Duration::from_secs(1), Duration::from_millis(500)));
/// assert!(!format!("{options:?}").contains("hunter2"));
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct RedisOptions {
    /// `redis://HOST:PORT/DATABASE`, or `rediss://` for TLS, where the certificate has to be one that the system trusts.
    url: String,
    /// Whose entries they are: services with different names share nothing, though they share the server. Defaults to
    /// none.
    pub namespace: String,
    /// For one connection attempt. Defaults to 1 s.
    pub connect_timeout: Duration,
    /// For one call, with everything that it may have to wait for. Defaults to 500 ms.
    pub response_timeout: Duration,
}

impl RedisOptions {
    /// The server at this URL, which may hold a user and a password and is never shown.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            namespace: String::new(),
            connect_timeout: CONNECT_TIMEOUT,
            response_timeout: RESPONSE_TIMEOUT,
        }
    }
}

impl fmt::Debug for RedisOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisOptions")
            .field("namespace", &self.namespace)
            .field("connect_timeout", &self.connect_timeout)
            .field("response_timeout", &self.response_timeout)
            .finish_non_exhaustive()
    }
}

/// A Redis that several processes share: one connection for all calls, which is made with the first of them, and made
/// again when it is lost. Clones share it. Redis 5 or newer; one key a call, so a proxy in front of a cluster will do.
///
/// Every call has a limit of time. After three in a row without an answer, one at a time tries again, on a new connection,
/// and all others fail at once: nobody queues in front of a server that stands still. A call whose answer was lost may have taken effect: what it counted stays counted.
///
/// ```
/// use testudo_store::{Redis, RedisOptions};
/// use testudo_testkit::RedisServer;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let server = RedisServer::start().unwrap();
/// let redis = Redis::open(&RedisOptions::new(server.url())).unwrap();
/// redis.ping().await.unwrap();
///
/// server.stop();
/// assert!(redis.ping().await.is_err());
/// # });
/// ```
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    client: Client,
    config: ConnectionManagerConfig,
    response_timeout: Duration,
    /// A digest of the namespace.
    mask: [u8; 32],
    current: Mutex<Current>,
}

#[derive(Default)]
struct Current {
    /// There from the first call on: it belongs to the runtime that makes it.
    connection: Option<ConnectionManager>,
    number: u64,
    /// Calls without an answer since the last one that had any.
    silent: u32,
    /// When one may try again, once nobody answers.
    next_try: Option<Instant>,
}

impl Redis {
    /// Reads the settings. It connects with the first call.
    ///
    /// # Errors
    /// The URL is none of Redis, or asks for a connection to a server that nobody vouches for.
    pub fn open(options: &RedisOptions) -> Result<Self, StoreError> {
        let address =
            || StoreError::settings("the address of Redis is `redis://HOST:PORT` or `rediss://HOST:PORT`");
        let scheme = options.url.split_once("://").map(|(scheme, _)| scheme);
        if !matches!(scheme, Some("redis" | "rediss")) || options.url.contains('#') {
            return Err(address());
        }
        if scheme == Some("rediss") {
            // Whoever installed one before decides.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        }
        let info = options.url.as_str().into_connection_info().map_err(|_| address())?;
        let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
        let client = Client::open(info).map_err(|_| address())?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(options.connect_timeout))
            .set_response_timeout(Some(options.response_timeout))
            .set_pipeline_buffer_size(WAITING_CALLS)
            // A call that finds no server says so; the next one tries again.
            .set_number_of_retries(0);
        let mask = Sha256::digest(&options.namespace).into();
        let response_timeout = options.response_timeout;
        Ok(Self(Arc::new(Inner { client, config, response_timeout, mask, current: Mutex::default() })))
    }

    /// Asks whether it is there.
    ///
    /// # Errors
    /// It is not, or does not answer in time.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.call(async |mut connection| redis::cmd("PING").exec_async(&mut connection).await).await
    }

    /// Where an entry is in this namespace.
    pub(crate) fn place_of(&self, place: [u8; 32]) -> [u8; 32] {
        // Both are digests: which entries would fall on one another cannot be chosen.
        std::array::from_fn(|index| place[index] ^ self.0.mask[index])
    }

    /// Runs a script: one round trip, and two more where the server does not know it yet.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        self.call(async |mut connection| script.invoke_async(&mut connection).await).await
    }

    async fn call<T>(
        &self,
        ask: impl AsyncFnOnce(ConnectionManager) -> redis::RedisResult<T>,
    ) -> Result<T, StoreError> {
        let (connection, number) = self.connection()?;
        let answer = tokio::time::timeout(self.0.response_timeout, ask(connection)).await;
        let answer =
            answer.map_err(|_| StoreError::timeout()).and_then(|answer| answer.map_err(StoreError::of_redis));
        self.heard(number, answer.as_ref().err().map(StoreError::kind));
        answer
    }

    fn connection(&self) -> Result<(ConnectionManager, u64), StoreError> {
        let mut current = self.current();
        if let Some(next_try) = current.next_try {
            let now = Instant::now();
            if now < next_try {
                return Err(StoreError::timeout());
            }
            current.next_try = Some(now + self.0.response_timeout);
        }
        if let Some(connection) = &current.connection {
            return Ok((connection.clone(), current.number));
        }
        let made = self.0.client.get_connection_manager_lazy(self.0.config.clone());
        let made = made.map_err(StoreError::of_redis)?;
        current.connection = Some(made.clone());
        Ok((made, current.number))
    }

    /// A connection whose other end has vanished without a word looks like a slow one, for as long as the system keeps
    /// trying.
    fn heard(&self, number: u64, error: Option<StoreErrorKind>) {
        let mut current = self.current();
        if number != current.number {
            return;
        }
        if error != Some(StoreErrorKind::Timeout) {
            (current.silent, current.next_try) = (0, None);
            return;
        }
        current.silent += 1;
        if current.silent >= SILENT_CALLS || current.next_try.is_some() {
            let next_try = Some(Instant::now() + self.0.response_timeout);
            *current = Current { number: number.wrapping_add(1), next_try, ..Current::default() };
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        // A panic while the lock was held cannot have left it half-written.
        self.0.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Its address may hold a password.
impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis(..)")
    }
}
