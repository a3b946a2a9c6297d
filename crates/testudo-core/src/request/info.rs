//! What is known of a request, and what became of it.

use std::{
    any::Any,
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use axum::extract::MatchedPath;
use http::Extensions;

use super::{ClientIp, RequestId};
use crate::{endpoint::uri_reference, event::ReportedShield, problem::Problem};

/// What is known of a request when it arrives, and what became of it: the route that answered, and what its shields
/// did, in order.
///
/// A service leaves one in the request's extensions and keeps a clone. [`RequestId`] and [`ClientIp`] are taken from
/// it, every problem names its id, and whoever kept the clone can read it at any time: also when the response came too
/// late for anybody to see.
///
/// ```
/// use axum::http::Request;
/// use testudo::prelude::*;
/// use testudo_core::{ClientIp, RequestId, RequestInfo};
/// use tower_service::Service;
///
/// #[shield(name = "Door", protects)]
/// fn door() -> bool {
///     true
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let page = Stack::public("a page").shield(door).get(async |id: RequestId| id.as_str().to_owned());
/// let routes: Router = Router::new().route("/pages/{n}", page);
///
/// let info = RequestInfo::new(RequestId::parse(b"r-7").unwrap(), Some(ClientIp([192, 0, 2, 1].into())));
/// let request = Request::get("/pages/1").extension(info.clone()).body(axum::body::Body::empty()).unwrap();
/// let response = routes.into_axum().call(request).await.unwrap();
/// assert_eq!(axum::body::to_bytes(response.into_body(), 10).await.unwrap(), "r-7");
///
/// assert_eq!(info.route(), Some("/pages/{n}"));
/// assert_eq!(info.shields().iter().map(|shield| &*shield.name).collect::<Vec<_>>(), ["Door"]);
/// # });
/// ```
#[derive(Clone)]
pub struct RequestInfo(Arc<Inner<dyn Any + Send + Sync>>);

struct Inner<T: ?Sized> {
    id: RequestId,
    client: Option<ClientIp>,
    route: OnceLock<MatchedPath>,
    shields: Mutex<Vec<ReportedShield>>,
    /// Last, and in the same piece of memory: one for each request is enough.
    service: T,
}

impl RequestInfo {
    /// What is known when the request arrives.
    pub fn new(id: RequestId, client: Option<ClientIp>) -> Self {
        Self::with(id, client, ())
    }

    /// The same, and what the service itself keeps with a request: for extractors of its own, which find it again by its
    /// type.
    ///
    /// ```
    /// use testudo_core::{RequestId, RequestInfo};
    ///
    /// #[derive(Debug, PartialEq)]
    /// struct Region(&'static str);
    ///
    /// let info = RequestInfo::with(RequestId::parse(b"r-7").unwrap(), None, Region("eu"));
    /// assert_eq!(info.service(), Some(&Region("eu")));
    /// assert_eq!(info.service::<String>(), None);
    /// ```
    pub fn with<T: Any + Send + Sync>(id: RequestId, client: Option<ClientIp>, service: T) -> Self {
        let (route, shields) = (OnceLock::new(), Mutex::default());
        Self(Arc::new(Inner { id, client, route, shields, service }))
    }

    /// What the service keeps with the request, if it is a `T`: see [`with`](Self::with).
    ///
    /// ```
    /// # use testudo_core::{RequestId, RequestInfo};
    /// assert_eq!(RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None).service::<u8>(), None);
    /// ```
    pub fn service<T: Any>(&self) -> Option<&T> {
        self.0.service.downcast_ref()
    }

    /// What the request is called.
    ///
    /// ```
    /// # use testudo_core::{RequestId, RequestInfo};
    /// assert_eq!(RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None).id().as_str(), "r-7");
    /// ```
    pub fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// Where it came from, if that is known.
    ///
    /// ```
    /// # use testudo_core::{RequestId, RequestInfo};
    /// assert_eq!(RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None).client(), None);
    /// ```
    pub fn client(&self) -> Option<ClientIp> {
        self.0.client
    }

    /// The path of the route that answers it, as it was registered; nothing for a request that no route answers.
    pub fn route(&self) -> Option<&str> {
        self.0.route.get().map(MatchedPath::as_str)
    }

    /// What its shields have done so far, in order.
    pub fn shields(&self) -> Vec<ReportedShield> {
        self.lock().clone()
    }

    /// Takes the report of its shields, which is then empty. It saves a copy where it is read once, at the end.
    ///
    /// ```
    /// # use testudo_core::{RequestId, RequestInfo};
    /// assert!(RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None).take_shields().is_empty());
    /// ```
    pub fn take_shields(&self) -> Vec<ReportedShield> {
        std::mem::take(&mut *self.lock())
    }

    /// A problem of this request: with its id, and with `instance` naming this path. For what refuses a request before
    /// any route has seen it; routes do so themselves.
    ///
    /// ```
    /// use testudo_core::{Problem, RequestId, RequestInfo};
    ///
    /// let info = RequestInfo::new(RequestId::parse(b"r-7").unwrap(), None);
    /// let problem = serde_json::to_value(info.complete(Problem::forbidden("not here"), "/admin")).unwrap();
    /// assert_eq!((&problem["request_id"], &problem["instance"]), (&"r-7".into(), &"/admin".into()));
    /// ```
    pub fn complete(&self, problem: Problem, path: &str) -> Problem {
        problem.with_request_id(Some(self.id())).instance(uri_reference(path))
    }

    pub(crate) fn of(extensions: &Extensions) -> Option<Self> {
        extensions.get().cloned()
    }

    /// A request that goes through several routers keeps the route of the first.
    pub(crate) fn set_route(&self, extensions: &Extensions) {
        if let Some(path) = extensions.get::<MatchedPath>() {
            let _ = self.0.route.set(path.clone());
        }
    }

    pub(crate) fn report(&self, shield: ReportedShield) {
        self.lock().push(shield);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ReportedShield>> {
        // A panic while the lock was held cannot have left the list half-written.
        self.0.shields.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RequestInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestInfo")
            .field("id", &self.0.id)
            .field("client", &self.0.client)
            .field("route", &self.route())
            .finish_non_exhaustive()
    }
}
