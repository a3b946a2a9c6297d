//! Where users come from.

use std::future::Future;

use axum::BoxError;
use testudo_settings::Secret;

use super::{
    hash::Hash,
    passwords::{Passwords, Place},
};

/// Who may sign in. A part of the service's state (`axum::extract::FromRef`), or all of it.
///
/// ```
/// use std::{collections::HashMap, sync::{Arc, Mutex}};
///
/// use testudo::BoxError;
/// use testudo_shields::basic::{Hash, Rehash, Users};
///
/// #[derive(Clone, Default)]
/// struct Register(Arc<Mutex<HashMap<String, (Hash, u32)>>>);
///
/// impl Users for Register {
///     type User = u32;
///     type Error = BoxError;
///
///     async fn find(&self, name: &str) -> Result<Option<(Hash, u32)>, BoxError> {
///         Ok(self.0.lock().unwrap().get(name).cloned())
///     }
///
///     async fn needs_rehash(&self, name: &str, rehash: Rehash<'_>) {
///         // What goes wrong here is tried again the next time.
///         let Ok(hash) = rehash.hash().await else { return };
///         if let Some(user) = self.0.lock().unwrap().get_mut(name) {
///             user.0 = hash;
///         }
///     }
/// }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// assert!(Register::default().find("ann").await.unwrap().is_none());
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not know users",
    note = "implement `testudo::shields::basic::Users` for the part of the state that looks users up"
)]
pub trait Users: Send + Sync + 'static {
    /// What is known of a user.
    type User: Clone + Send + Sync + 'static;

    /// Why a user could not be looked up. It never passes and is no block: `503`, with the cause in the log alone.
    type Error: Into<BoxError>;

    /// Looks a user up by the name, which is in NFC and is compared as it is: `Ann` is not `ann`.
    ///
    /// # Errors
    /// Whenever it is not known whether there is such a user, or what the hash is.
    fn find(
        &self,
        name: &str,
    ) -> impl Future<Output = Result<Option<(Hash, Self::User)>, Self::Error>> + Send;

    /// Tells that the password was right and that its hash took less work than the settings now ask for: the place to
    /// store a new one. The request waits for it. Defaults to nothing.
    fn needs_rehash(&self, name: &str, rehash: Rehash<'_>) -> impl Future<Output = ()> + Send {
        let _ = (name, rehash);
        std::future::ready(())
    }
}

/// The right password of a user, for one new hash. See [`Users::needs_rehash`].
#[derive(Debug)]
pub struct Rehash<'r> {
    pub(super) passwords: &'r Passwords,
    pub(super) place: &'r Place,
    pub(super) password: &'r Secret,
}

impl Rehash<'_> {
    /// Makes the hash, with the parameters of the settings. It takes its turn like every other.
    ///
    /// # Errors
    /// If the system gives no randomness or no thread.
    ///
    /// ```
    /// use testudo::BoxError;
    /// use testudo_shields::basic::Rehash;
    ///
    /// async fn text(rehash: Rehash<'_>) -> Result<String, BoxError> {
    ///     Ok(rehash.hash().await?.expose())
    /// }
    /// # let _ = text;
    /// ```
    pub async fn hash(self) -> Result<Hash, BoxError> {
        self.passwords.hash(self.place, self.password).await
    }
}
