//! Where keys are stored.

use std::future::Future;

use axum::BoxError;

use super::stored::StoredKey;

/// What is known of keys. A part of the service's state (`axum::extract::FromRef`), or all of it.
///
/// ```
/// use testudo::BoxError;
/// use testudo_shields::api_key::{Keys, StoredKey};
///
/// #[derive(Clone)]
/// struct Nobody;
///
/// impl Keys for Nobody {
///     type Owner = u32;
///     type Error = BoxError;
///
///     async fn find(&self, _: &str) -> Result<Option<(StoredKey, u32)>, BoxError> {
///         Ok(None)
///     }
/// }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// assert!(Nobody.find("shop_0123456789abcdef").await.unwrap().is_none());
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not know keys",
    note = "implement `testudo::shields::api_key::Keys` for the part of the state that looks keys up"
)]
pub trait Keys: Send + Sync + 'static {
    /// Whose a key is, and what it is good for.
    type Owner: Clone + Send + Sync + 'static;

    /// Why a key could not be looked up. It never passes and is no block: `503`, with the cause in the log alone.
    type Error: Into<BoxError>;

    /// Looks a key up by its public part, such as `shop_0123456789abcdef`: revoked and expired ones too, as what they
    /// are.
    ///
    /// # Errors
    /// Whenever it is not known whether there is such a key.
    fn find(
        &self,
        public: &str,
    ) -> impl Future<Output = Result<Option<(StoredKey, Self::Owner)>, Self::Error>> + Send;
}
