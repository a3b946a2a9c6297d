//! The proof.

use std::{
    fmt,
    ops::Deref,
    sync::Arc,
    time::{Duration, SystemTime},
};

/// Content whose signature was verified. Only [`Hmac`](super::Hmac) makes it.
///
/// ```
/// use axum::body::Bytes;
/// use testudo::prelude::*;
/// use testudo_shields::hmac::{Signed, hmac_bytes};
///
/// async fn size(content: Passed<Signed<Bytes>>) -> String {
///     assert_eq!(content.signed_at(), None); // GitHub signs no time
///     content.len().to_string()
/// }
/// let hooks: Stack<(), _> = Stack::new().shield(hmac_bytes("hooks.github"));
/// let routes: Router = Router::new().route("/", hooks.post(size));
/// assert_eq!(routes.access_matrix().routes()[0].unproven(), None);
/// ```
pub struct Signed<T>(Arc<Inner<T>>);

struct Inner<T> {
    content: T,
    seconds: Option<u64>,
}

impl<T> Signed<T> {
    pub(super) fn new(content: T, seconds: Option<u64>) -> Self {
        Self(Arc::new(Inner { content, seconds }))
    }

    /// When it was signed, in whole seconds, where the signature covers that.
    ///
    /// ```
    /// use testudo_shields::hmac::Signed;
    ///
    /// fn is_older<T>(one: &Signed<T>, other: &Signed<T>) -> bool {
    ///     one.signed_at() < other.signed_at()
    /// }
    /// # let _ = is_older::<u32>;
    /// # assert_eq!(std::mem::size_of::<Signed<[u8; 64]>>(), std::mem::size_of::<usize>()); // cheap to clone
    /// ```
    pub fn signed_at(&self) -> Option<SystemTime> {
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(self.0.seconds?))
    }
}

impl<T> Deref for Signed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.content
    }
}

// Derived, it would ask the same of `T`.
impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: fmt::Debug> fmt::Debug for Signed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signed").field(&self.0.content).finish()
    }
}
