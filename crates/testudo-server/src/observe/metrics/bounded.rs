//! Handles by name, for names that are known at start and a bounded number of others.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

/// Names that were not known at start and still get a place of their own. Names come from code and not from clients;
/// this is for those that code makes up as it goes.
pub(super) const LATE_MAX: usize = 1_000;

/// What all names get that found no place. OpenTelemetry's word for what is not in a closed set.
pub(super) const OTHER: &str = "_OTHER";

/// A handle for every name. Names known at start are found without a lock.
#[derive(Debug)]
pub(super) struct Bounded<T> {
    known: HashMap<Box<str>, T>,
    late: RwLock<HashMap<Box<str>, T>>,
    other: T,
}

impl<T: Clone> Bounded<T> {
    pub(super) fn new<'a>(known: impl IntoIterator<Item = &'a str>, make: impl Fn(&str) -> T) -> Self {
        Self {
            known: known.into_iter().map(|name| (name.into(), make(name))).collect(),
            late: RwLock::default(),
            other: make(OTHER),
        }
    }

    /// Uses the handle of `name`; `make` makes one if it has none yet and there is room.
    pub(super) fn with<R>(&self, name: &str, make: impl FnOnce(&str) -> T, act: impl FnOnce(&T) -> R) -> R {
        if let Some(handle) = self.known.get(name) {
            return act(handle);
        }
        let handle = self.late.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        act(&handle.unwrap_or_else(|| self.admit(name, make)))
    }

    fn admit(&self, name: &str, make: impl FnOnce(&str) -> T) -> T {
        let mut late = self.late.write().unwrap_or_else(PoisonError::into_inner);
        match late.get(name) {
            Some(handle) => handle.clone(),
            None if late.len() < LATE_MAX => late.entry(name.into()).or_insert_with(|| make(name)).clone(),
            None => self.other.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_limit_share_one_handle() {
        let names = Bounded::new(["known"], str::to_owned);
        let handle = |name: &str| names.with(name, str::to_owned, Clone::clone);
        assert_eq!(handle("known"), "known");
        for late in 0..LATE_MAX {
            assert_eq!(handle(&late.to_string()), late.to_string());
        }
        assert_eq!(handle("one too many"), OTHER);
        assert_eq!(handle("999"), "999", "who has a place keeps it");
        assert_eq!(handle("known"), "known");
    }
}
