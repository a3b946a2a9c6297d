//! The proof.

use std::{fmt, ops::Deref, sync::Arc};

/// The owner of the key that a request has. Only [`ApiKeyAuth`](super::ApiKeyAuth) makes it.
///
/// ```
/// # use std::sync::Arc;
/// # use testudo::{BoxError, prelude::*};
/// # use testudo_shields::api_key::{ApiKey, Keyed, Keys, StoredKey, api_key};
/// # #[derive(Clone)]
/// # struct Partners(Arc<(String, StoredKey)>);
/// # impl Keys for Partners {
/// #     type Owner = u32;
/// #     type Error = BoxError;
/// #     async fn find(&self, public: &str) -> Result<Option<(StoredKey, u32)>, BoxError> {
/// #         Ok((public == self.0.0).then(|| (self.0.1.clone(), 7)))
/// #     }
/// # }
/// async fn line(Passed(key): Passed<Keyed<u32>>) -> String {
///     format!("key {} of {}", key.public(), *key)
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let key = ApiKey::new("shop").unwrap();
/// # let (public, partners) = (key.public().to_owned(), Partners(Arc::new((key.public().to_owned(), key.stored()))));
/// # let bearer = key.expose();
/// # let stack = Stack::new().shield(api_key::<Partners>("partners"));
/// # let routes: Router<Partners> = Router::new().route("/", stack.get(line));
/// # testudo::bind(&routes, [("api_key.partners.prefix", "shop")]).unwrap();
/// # let service = testudo_testkit::TestService::start(routes, partners).await;
/// service.get("/").bearer(&bearer).await.status(200).text(&format!("key {public} of 7"));
/// # });
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
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use testudo::{BoxError, prelude::*};
    /// # use testudo_shields::api_key::{ApiKey, Keyed, Keys, StoredKey, api_key};
    /// # #[derive(Clone)]
    /// # struct Partners(Arc<(String, StoredKey)>);
    /// # impl Keys for Partners {
    /// #     type Owner = u32;
    /// #     type Error = BoxError;
    /// #     async fn find(&self, public: &str) -> Result<Option<(StoredKey, u32)>, BoxError> {
    /// #         Ok((public == self.0.0).then(|| (self.0.1.clone(), 7)))
    /// #     }
    /// # }
    /// async fn line(Passed(key): Passed<Keyed<u32>>) -> String {
    ///     key.public().to_owned()
    /// }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let key = ApiKey::new("shop").unwrap();
    /// # let (public, partners) = (key.public().to_owned(), Partners(Arc::new((key.public().to_owned(), key.stored()))));
    /// # let bearer = key.expose();
    /// # let stack = Stack::new().shield(api_key::<Partners>("partners"));
    /// # let routes: Router<Partners> = Router::new().route("/", stack.get(line));
    /// # testudo::bind(&routes, [("api_key.partners.prefix", "shop")]).unwrap();
    /// # let service = testudo_testkit::TestService::start(routes, partners).await;
    /// service.get("/").bearer(&bearer).await.status(200).text(&public);
    /// # });
    /// ```
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
