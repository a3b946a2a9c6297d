//! Keys that somebody else publishes, and changes.
//!
//! They are fetched for the first token, again by and by, and for a token that names a key that is not there. Requests
//! share one fetch. While the key server is down, the keys that are there go on working.

mod decide;
mod fetch;
mod url;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use rustls::ClientConfig;
use testudo_core::Clock;
use tokio::sync::watch;

use self::{
    decide::{Known, Lookup, Step, UNKNOWN_FOR, Waited, decide},
    fetch::fetch,
};
pub(super) use self::{fetch::trusting, url::KeyServerUrl};
use super::{algorithm::Algorithm, key::Key, key_set::KeySet};

/// Most keys that are remembered as unknown.
const UNKNOWN_MAX: usize = 256;

/// Where keys come from, and for how long they are good.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) url: KeyServerUrl,
    pub(super) tls: Arc<ClientConfig>,
    /// What its keys may be used for.
    pub(super) algorithms: Vec<Algorithm>,
    /// The age at which keys are fetched again.
    pub(super) refresh: Duration,
    /// The age up to which they are used when nothing newer can be had.
    pub(super) keep: Duration,
}

/// The keys of a key server.
pub(super) struct KeyServer {
    source: Source,
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    keys: KeySet,
    fetched: Option<SystemTime>,
    /// When the last request failed, if it did, and why.
    failed: Option<(SystemTime, String)>,
    /// When it was last asked for an unknown key.
    asked: Option<SystemTime>,
    /// Keys that the key server did not have, and when.
    absent: HashMap<String, SystemTime>,
    /// Closed once the request is over, however it ended.
    flight: Option<watch::Receiver<()>>,
}

impl KeyServer {
    pub(super) fn new(source: Source, clock: Clock) -> Self {
        Self { source, clock, state: Mutex::default() }
    }

    /// The keys for such a token; none, if there is no such key.
    ///
    /// # Errors
    /// The key server cannot be reached, and it may have the key.
    pub(super) async fn keys(
        self: &Arc<Self>,
        kid: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<Key>, String> {
        if !self.source.algorithms.contains(&algorithm) {
            return Ok(Vec::new());
        }
        let look = |state: &State, now| {
            let found = state.keys.candidates(kid, algorithm);
            (state.lookup(kid, !found.is_empty(), now), found)
        };
        self.resolve(kid, look).await
    }

    /// Fetches keys where there are none, or where they are old.
    ///
    /// # Errors
    /// There are no keys that could be used.
    pub(super) async fn ready(self: &Arc<Self>) -> Result<(), String> {
        self.resolve(None, |_, _| (Lookup::Found, Vec::new())).await.map(drop)
    }

    async fn resolve(
        self: &Arc<Self>,
        kid: Option<&str>,
        look: impl Fn(&State, SystemTime) -> (Lookup, Vec<Key>),
    ) -> Result<Vec<Key>, String> {
        let mut waited = Waited::No;
        loop {
            let mut flight = {
                let mut state = self.lock();
                let now = self.clock.now();
                let (lookup, found) = look(&state, now);
                match decide(state.known(now), lookup, waited, self.source.refresh, self.source.keep) {
                    Step::Use => return Ok(found),
                    Step::UseAndRefresh => {
                        self.fly(&mut state);
                        return Ok(found);
                    }
                    Step::Refuse => {
                        if waited == Waited::ForItsOwn {
                            state.remember_absent(kid, now);
                        }
                        return Ok(Vec::new());
                    }
                    Step::Unavailable => return Err(state.why()),
                    Step::Wait => {
                        // Without any keys, whoever began it began it for all.
                        let joins = state.is_flying() && state.fetched.is_some();
                        waited = if joins { Waited::ForAnother } else { Waited::ForItsOwn };
                        self.fly(&mut state)
                    }
                    Step::Ask => {
                        state.asked = Some(now);
                        waited = Waited::ForItsOwn;
                        self.fly(&mut state)
                    }
                }
            };
            // An error says that it is over.
            while flight.changed().await.is_ok() {}
        }
    }

    /// Joins the request under way, or begins one. It is a task of its own: a client that leaves does not end it.
    fn fly(self: &Arc<Self>, state: &mut State) -> watch::Receiver<()> {
        if let Some(flight) = state.flight.as_ref().filter(|_| state.is_flying()) {
            return flight.clone();
        }
        let (under_way, flight) = watch::channel(());
        state.flight = Some(flight.clone());
        let server = Arc::clone(self);
        tokio::spawn(async move {
            let fetched = fetch(&server.source.url, &server.source.tls).await;
            let keys = fetched.and_then(|answer| KeySet::from_json(&answer, &server.source.algorithms));
            server.land(keys);
            drop(under_way);
        });
        flight
    }

    fn land(&self, keys: Result<KeySet, String>) {
        let mut state = self.lock();
        let now = self.clock.now();
        let host = &self.source.url.authority;
        match keys {
            Ok(keys) => {
                if state.failed.take().is_some() {
                    tracing::info!(%host, "the key server answers again");
                }
                state.keys = keys;
                state.fetched = Some(now);
            }
            Err(error) => {
                if state.failed.is_none() {
                    tracing::warn!(%host, %error, "no keys from the key server; those that are there go on working");
                }
                state.failed = Some((now, error));
            }
        }
        state.flight = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn known(&self, now: SystemTime) -> Known {
        Known {
            age: self.fetched.map(|at| since(at, now)),
            failed: self.failed.as_ref().map(|(at, _)| since(*at, now)),
            asked: self.asked.map(|at| since(at, now)),
            is_flying: self.is_flying(),
        }
    }

    fn lookup(&self, kid: Option<&str>, is_found: bool, now: SystemTime) -> Lookup {
        match kid {
            _ if is_found => Lookup::Found,
            Some(kid) if !self.keys.has(kid) => {
                let at = self.absent.get(kid);
                Lookup::Unknown { is_absent: at.is_some_and(|at| since(*at, now) < UNKNOWN_FOR) }
            }
            // It names no key, or one of another algorithm.
            _ => Lookup::Impossible,
        }
    }

    fn is_flying(&self) -> bool {
        self.flight.as_ref().is_some_and(|flight| flight.has_changed().is_ok())
    }

    /// Clients choose these names: there is room for so many, and no more.
    fn remember_absent(&mut self, kid: Option<&str>, now: SystemTime) {
        self.absent.retain(|_, at| since(*at, now) < UNKNOWN_FOR);
        if let Some(kid) = kid
            && self.absent.len() < UNKNOWN_MAX
        {
            self.absent.insert(kid.to_owned(), now);
        }
    }

    fn why(&self) -> String {
        let why = self.failed.as_ref().map_or("its keys are too old", |(_, error)| error.as_str());
        format!("the key server cannot be asked: {why}")
    }
}

/// How long ago that was. A clock that was set back a little does not count; one that was set back by more says nothing
/// of what was before, and then everything counts as long ago.
fn since(at: SystemTime, now: SystemTime) -> Duration {
    const A_LITTLE: Duration = Duration::from_mins(1);
    now.duration_since(at)
        .unwrap_or_else(|ahead| if ahead.duration() < A_LITTLE { Duration::ZERO } else { Duration::MAX })
}

impl fmt::Debug for KeyServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyServer").field("source", &self.source).finish_non_exhaustive()
    }
}
