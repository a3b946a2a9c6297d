//! What an entry is found by.

use std::fmt;

use sha2::{Digest, Sha256};

/// What an entry of a store is found by: a digest of all that the entry depends on.
///
/// Every part is written with its length, so `("a:b", "c")` and `("a", "b:c")` are two keys, and the digest holds
/// nothing that anybody could read: no address, no credential. Its first parts are a kind and a version; who changes what
/// an entry means raises the version, and two releases can share one store.
///
/// ```
/// use testudo_store::Key;
///
/// let key = |one: &str, two: &str| Key::of("cache", 1).part(one).part(two).make();
/// assert_ne!(key("a:b", "c"), key("a", "b:c"));
/// assert_eq!(key("a", "b"), key("a", "b"));
/// assert_eq!(format!("{:?}", key("a", "b")), "Key(..)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key([u8; 32]);

impl Key {
    /// Begins a key of this kind, in this version.
    ///
    /// ```
    /// # use testudo_store::Key;
    /// assert_ne!(Key::of("rate", 1).make(), Key::of("rate", 2).make());
    /// ```
    pub fn of(kind: &str, version: u32) -> KeyMaker {
        KeyMaker(Sha256::new()).part(kind).part(version.to_be_bytes())
    }

    /// The digest.
    ///
    /// ```
    /// # use testudo_store::Key;
    /// assert_eq!(Key::of("rate", 1).make().as_bytes().len(), 32);
    /// ```
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Keys appear in no output: with a guess at hand, a digest confirms it.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A [`Key`] that is being made.
///
/// ```
/// use testudo_store::Key;
///
/// let maker = Key::of("rate", 1).part("login");
/// let (one, other) = (maker.clone().part("203.0.113.7").make(), maker.part("203.0.113.8").make());
/// assert_ne!(one, other);
/// ```
#[derive(Clone)]
#[must_use = "a key is made by `make`"]
pub struct KeyMaker(Sha256);

impl KeyMaker {
    /// Adds a part.
    pub fn part(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    /// The key of all parts.
    ///
    /// ```
    /// # use testudo_store::Key;
    /// assert_ne!(Key::of("rate", 1).make(), Key::of("rate", 1).part("").make());
    /// ```
    pub fn make(self) -> Key {
        Key(self.0.finalize().into())
    }
}

impl fmt::Debug for KeyMaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyMaker(..)")
    }
}
