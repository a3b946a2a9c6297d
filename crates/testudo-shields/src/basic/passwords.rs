//! Hashing off the threads that serve requests, a few at a time.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use axum::BoxError;
use testudo_settings::Secret;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

use super::{
    hash::{Hash, HashError, Memory},
    settings::BasicSettings,
    work::Work,
};

/// Verifies and hashes passwords. Clones share their bounds.
#[derive(Clone)]
pub(super) struct Passwords(Arc<Inner>);

struct Inner {
    work: Work,
    decoy: Hash,
    /// Who is worked for, or waits: at most `at_once + queue`.
    places: Arc<Semaphore>,
    /// Who is worked for.
    turns: Arc<Semaphore>,
    /// What was used for one is used for the next: given back, the allocator would keep it for each thread anew.
    memory: Mutex<Vec<Memory>>,
    #[cfg(test)]
    computed: Mutex<Vec<Work>>,
}

/// A place in the queue, from before a user is looked up until the answer.
#[derive(Debug, Clone)]
pub(super) struct Place(#[expect(dead_code, reason = "held")] Arc<OwnedSemaphorePermit>);

impl Passwords {
    pub(super) fn new(settings: &BasicSettings) -> Self {
        let BasicSettings { work, at_once, queue, .. } = *settings;
        Self(Arc::new(Inner {
            work,
            decoy: Hash::decoy(work),
            places: Arc::new(Semaphore::new(at_once + queue)),
            turns: Arc::new(Semaphore::new(at_once)),
            memory: Mutex::default(),
            #[cfg(test)]
            computed: Mutex::default(),
        }))
    }

    /// The work that new hashes take.
    pub(super) fn work(&self) -> Work {
        self.0.work
    }

    /// A place in the queue, if one is free.
    pub(super) fn place(&self) -> Option<Place> {
        let permit = self.0.places.clone().try_acquire_owned().ok()?;
        Some(Place(Arc::new(permit)))
    }

    /// Whether the password fits. Without a hash none does, and it takes the work of a new one to say so.
    pub(super) async fn verify(
        &self,
        place: &Place,
        password: &Secret,
        hash: Option<&Hash>,
    ) -> Result<bool, BoxError> {
        let is_known = hash.is_some();
        let (hash, password) = (hash.unwrap_or(&self.0.decoy).clone(), password.clone());
        let work = hash.work();
        let fits = self.compute(place, work, move |memory| hash.fits(password.expose(), memory)).await?;
        Ok(fits && is_known)
    }

    /// A new hash of the password.
    pub(super) async fn hash(&self, place: &Place, password: &Secret) -> Result<Hash, BoxError> {
        let (work, password) = (self.0.work, password.clone());
        self.compute(place, work, move |memory| Hash::compute(password.expose(), work, memory)).await
    }

    async fn compute<T: Send + 'static>(
        &self,
        place: &Place,
        work: Work,
        compute: impl FnOnce(&mut Memory) -> Result<T, HashError> + Send + 'static,
    ) -> Result<T, BoxError> {
        let turn = self.0.turns.clone().acquire_owned().await?;
        let (passwords, place) = (self.clone(), place.clone());
        let computed = spawn_blocking(move || {
            // Held until the work is done, even when the client has gone away.
            let _held = (turn, place);
            passwords.computes(work);
            let lock = || passwords.0.memory.lock().unwrap_or_else(PoisonError::into_inner);
            let mut memory = lock().pop().unwrap_or_default();
            let computed = compute(&mut memory);
            lock().push(memory);
            computed
        });
        Ok(computed.await??)
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "tests count")]
    fn computes(&self, _: Work) {}

    #[cfg(test)]
    fn computes(&self, work: Work) {
        self.0.computed.lock().unwrap().push(work);
    }

    /// The work of every computation since this was asked.
    #[cfg(test)]
    pub(super) fn take_computed(&self) -> Vec<Work> {
        std::mem::take(&mut self.0.computed.lock().unwrap())
    }

    /// How many computations have had memory of their own.
    #[cfg(test)]
    pub(super) fn memories(&self) -> usize {
        self.0.memory.lock().unwrap().len()
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("work", &self.0.work).finish_non_exhaustive()
    }
}
