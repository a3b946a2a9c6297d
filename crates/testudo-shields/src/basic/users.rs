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
///
/// ```
/// # use std::sync::{Arc, Mutex};
/// # use testudo::{BoxError, prelude::*};
/// # use testudo_shields::basic::{Basic, BasicSettings, Hash, Rehash, Users, basic};
/// # #[derive(Clone)]
/// # struct Register(Hash, Arc<Mutex<Option<Hash>>>);
/// # impl Users for Register {
/// #     type User = u32;
/// #     type Error = BoxError;
/// #     async fn find(&self, name: &str) -> Result<Option<(Hash, u32)>, BoxError> {
/// #         Ok((name == "ann").then(|| (self.0.clone(), 7)))
/// #     }
///     async fn needs_rehash(&self, name: &str, rehash: Rehash<'_>) {
///         // What cannot be renewed now is renewed the next time.
///         *self.1.lock().unwrap() = rehash.hash().await.ok();
///     }
/// # }
/// # async fn line(Passed(user): Passed<Basic<u32>>) -> String { user.name().to_owned() }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let weaker: BasicSettings = serde_json::from_str(r#"{"memory": "19MiB", "iterations": 2}"#).unwrap();
/// # let renewed = Arc::new(Mutex::new(None));
/// # let register = Register(Hash::of("secret", &weaker).unwrap(), renewed.clone());
/// # let staff = Stack::new().shield(basic::<Register>("staff"));
/// # let routes: Router<Register> = Router::new().route("/", staff.get(line));
/// # testudo::bind(&routes, [("basic.staff.iterations", "3")]).unwrap();
/// # let service = testudo_testkit::TestService::start(routes, register).await;
/// # let call = service.get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
/// call.await.status(200);
/// assert!(renewed.lock().unwrap().as_ref().unwrap().expose().contains("t=3"));
/// # });
/// ```
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
    /// # use std::sync::{Arc, Mutex};
    /// # use testudo::{BoxError, prelude::*};
    /// # use testudo_shields::basic::{Basic, BasicSettings, Hash, Rehash, Users, basic};
    /// # #[derive(Clone)]
    /// # struct Register(Hash, Arc<Mutex<Option<Hash>>>);
    /// # impl Users for Register {
    /// #     type User = u32;
    /// #     type Error = BoxError;
    /// #     async fn find(&self, name: &str) -> Result<Option<(Hash, u32)>, BoxError> {
    /// #         Ok((name == "ann").then(|| (self.0.clone(), 7)))
    /// #     }
    ///     async fn needs_rehash(&self, name: &str, rehash: Rehash<'_>) {
    ///         // What cannot be renewed now is renewed the next time.
    ///         *self.1.lock().unwrap() = rehash.hash().await.ok();
    ///     }
    /// # }
    /// # async fn line(Passed(user): Passed<Basic<u32>>) -> String { user.name().to_owned() }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let weaker: BasicSettings = serde_json::from_str(r#"{"memory": "19MiB", "iterations": 2}"#).unwrap();
    /// # let renewed = Arc::new(Mutex::new(None));
    /// # let register = Register(Hash::of("secret", &weaker).unwrap(), renewed.clone());
    /// # let staff = Stack::new().shield(basic::<Register>("staff"));
    /// # let routes: Router<Register> = Router::new().route("/", staff.get(line));
    /// # testudo::bind(&routes, [("basic.staff.iterations", "3")]).unwrap();
    /// # let service = testudo_testkit::TestService::start(routes, register).await;
    /// # let call = service.get("/").header("authorization", "Basic YW5uOnNlY3JldA==");
    /// call.await.status(200);
    /// assert!(renewed.lock().unwrap().as_ref().unwrap().expose().contains("t=3"));
    /// # });
    /// ```
    pub async fn hash(self) -> Result<Hash, BoxError> {
        self.passwords.hash(self.place, self.password).await
    }
}
