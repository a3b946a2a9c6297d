//! A place for something that somebody else gives.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

/// Something that whoever starts the routes gives to what needs it, such as the [`Limiter`](crate::Limiter) of a shield.
///
/// A shield keeps a clone, and names it among its needs (`ShieldInfo::needing`). Where nobody has given anything when it
/// is first used, it is the default: a store of its own, in memory.
///
/// ```
/// use testudo_store::{Limiter, Needed};
///
/// let shield = Needed::<Limiter>::default();
/// let found = shield.clone(); // by whoever starts the routes
/// assert!(found.give(Limiter::memory()));
/// assert!(!found.give(Limiter::memory())); // the first stays
/// assert!(format!("{:?}", shield.get()).contains("Memory"));
/// ```
pub struct Needed<T>(Arc<OnceLock<T>>);

impl<T> Needed<T> {
    /// Gives it, unless it has been given or used before; says whether it did.
    pub fn give(&self, value: T) -> bool {
        self.0.set(value).is_ok()
    }
}

impl<T: Default> Needed<T> {
    /// What was given, or the default.
    ///
    /// ```
    /// # use testudo_store::Needed;
    /// let number = Needed::<u32>::default();
    /// assert_eq!(number.get(), &0);
    /// assert!(!number.give(7)); // too late
    /// ```
    pub fn get(&self) -> &T {
        self.0.get_or_init(T::default)
    }
}

impl<T> Default for Needed<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Needed<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: fmt::Debug> fmt::Debug for Needed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Needed").field(&self.0.get()).finish()
    }
}
