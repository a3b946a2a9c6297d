//! The proof.

use std::{fmt, ops::Deref, sync::Arc};

/// The owner of the key that a request has. Only [`ApiKeyAuth`](super::ApiKeyAuth) makes it.
///
/// ```
/// use testudo_shields::api_key::Keyed;
///
/// fn line(owner: &Keyed<u32>) -> String {
///     format!("key {} of {}", owner.public(), **owner)
/// }
/// # let _ = line;
/// ```
#[derive(Clone)]
pub struct Keyed<T> {
    public: Arc<str>,
    owner: T,
}

impl<T> Keyed<T> {
    pub(super) fn new(public: &str, owner: T) -> Self {
        Self { public: public.into(), owner }
    }

    /// Which of the owner's keys it is: the part that may be shown and logged.
    pub fn public(&self) -> &str {
        &self.public
    }
}

impl<T> Deref for Keyed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.owner
    }
}

impl<T: fmt::Debug> fmt::Debug for Keyed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyed").field("public", &self.public).field("owner", &self.owner).finish()
    }
}
