//! The proof.

use std::{fmt, ops::Deref, sync::Arc};

/// A user that gave the right password. Only [`BasicAuth`](super::BasicAuth) makes it; it is the `T` of
/// [`Users`](super::Users), and its name.
///
/// ```
/// use testudo_shields::basic::Basic;
///
/// fn greeting(user: &Basic<u32>) -> String {
///     format!("{}, desk {}", user.name(), **user)
/// }
/// # let _ = greeting;
/// ```
#[derive(Clone)]
pub struct Basic<T> {
    name: Arc<str>,
    user: T,
}

impl<T> Basic<T> {
    pub(super) fn new(name: &str, user: T) -> Self {
        Self { name: name.into(), user }
    }

    /// The name as it was looked up, in NFC.
    ///
    /// ```
    /// # use testudo_shields::basic::Basic;
    /// fn is_ann<T>(user: &Basic<T>) -> bool {
    ///     user.name() == "ann"
    /// }
    /// # let _ = is_ann::<u32>;
    /// ```
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl<T> Deref for Basic<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.user
    }
}

impl<T: fmt::Debug> fmt::Debug for Basic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic").field("name", &self.name).field("user", &self.user).finish()
    }
}
