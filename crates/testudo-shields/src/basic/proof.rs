//! The proof.

use std::{fmt, ops::Deref, sync::Arc};

/// A user that gave the right password. Only [`BasicAuth`](super::BasicAuth) makes it; it is the `T` of
/// [`Users`](super::Users), and its name.
///
/// ```
/// # use testudo::{BoxError, prelude::*};
/// # use testudo_shields::basic::{Basic, BasicSettings, Hash, Rehash, Users, basic};
/// # #[derive(Clone)]
/// # struct Register(Hash);
/// # impl Users for Register {
/// #     type User = u32;
/// #     type Error = BoxError;
/// #     async fn find(&self, name: &str) -> Result<Option<(Hash, u32)>, BoxError> {
/// #         Ok((name == "ann").then(|| (self.0.clone(), 7)))
/// #     }
/// # }
/// async fn line(Passed(user): Passed<Basic<u32>>) -> String {
///     format!("{}, desk {}", user.name(), *user)
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let register = Register(Hash::of("secret", &BasicSettings::default()).unwrap());
/// # let staff = Stack::new().shield(basic::<Register>("staff"));
/// # let routes: Router<Register> = Router::new().route("/", staff.get(line));
/// # testudo::bind(&routes, [("basic.staff.realm", "staff")]).unwrap();
/// # let service = testudo_testkit::TestService::start(routes, register).await;
/// let call = service.get("/").header("authorization", "Basic YW5uOnNlY3JldA=="); // ann:secret
/// call.await.status(200).text("ann, desk 7");
/// # });
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
    /// # use testudo::{BoxError, prelude::*};
    /// # use testudo_shields::basic::{Basic, BasicSettings, Hash, Rehash, Users, basic};
    /// # #[derive(Clone)]
    /// # struct Register(Hash);
    /// # impl Users for Register {
    /// #     type User = u32;
    /// #     type Error = BoxError;
    /// #     async fn find(&self, name: &str) -> Result<Option<(Hash, u32)>, BoxError> {
    /// #         Ok((name == "ann").then(|| (self.0.clone(), 7)))
    /// #     }
    /// # }
    /// async fn line(Passed(user): Passed<Basic<u32>>) -> String {
    ///     user.name().to_owned()
    /// }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let register = Register(Hash::of("secret", &BasicSettings::default()).unwrap());
    /// # let staff = Stack::new().shield(basic::<Register>("staff"));
    /// # let routes: Router<Register> = Router::new().route("/", staff.get(line));
    /// # testudo::bind(&routes, [("basic.staff.realm", "staff")]).unwrap();
    /// # let service = testudo_testkit::TestService::start(routes, register).await;
    /// let call = service.get("/").header("authorization", "Basic YW5uOnNlY3JldA=="); // ann:secret
    /// call.await.status(200).text("ann");
    /// # });
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
