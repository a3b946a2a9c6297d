//! A service on a free port.

use std::net::SocketAddr;

use bytes::Bytes;
use http::Method;
use http_body_util::Full;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use testudo_core::{Dependency, IntoShield, Router, ShieldListener, Value, testing::Replacements};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::call::Call;

pub(crate) type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// A service under test, on a free port of the loopback interface. It ends when it is dropped.
///
/// ```
/// use axum::http::Method;
/// use testudo::prelude::*;
/// use testudo_testkit::TestService;
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let open = Stack::public("an example");
/// let page = open.get(async || "got").post(async || "posted").put(async || "put");
/// let page = page.patch(async || "patched").delete(async || "deleted").options(async || "asked");
/// let service = TestService::start(Router::new().route("/", page), ()).await;
/// assert!(service.address().ip().is_loopback());
///
/// service.get("/").await.status(200).text("got");
/// service.post("/").await.status(200).text("posted");
/// service.put("/").await.status(200).text("put");
/// service.patch("/").await.status(200).text("patched");
/// service.delete("/").await.status(200).text("deleted");
/// service.call(Method::OPTIONS, "/").await.status(200).text("asked");
/// # });
/// ```
#[derive(Debug)]
pub struct TestService {
    address: SocketAddr,
    client: HttpClient,
    task: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
}

/// A service that is not running yet. See [`TestService::new`].
///
/// ```
/// use testudo::prelude::*;
/// use testudo_testkit::{Events, TestService};
///
/// #[shield(decides)]
/// fn api_token() -> Option<u32> {
///     None
/// }
///
/// #[shield(name = "Door", protects)]
/// fn door() -> bool {
///     true
/// }
///
/// struct Stock(u32);
///
/// impl Dependency for Stock {
///     type From = ();
///     type Error = Problem;
///
///     async fn resolve((): ()) -> Result<Self, Problem> {
///         Err(Problem::unavailable("there is no store in a test"))
///     }
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let count = async |user: Passed<u32>, stock: Depends<Stock>| format!("{} for {}", stock.0, *user);
/// let router = Router::new().route("/", Stack::new().shield(door).shield(api_token).get(count));
/// let events = Events::default();
/// let service = TestService::new(router, ()).replace(api_token, 7).replace_dependency(Stock(3)).listen(events.clone());
/// service.start().await.get("/").await.status(200).text("3 for 7");
/// assert_eq!(events.lines(), ["Door: success"]); // what is replaced does not run
/// # });
/// ```
#[derive(Debug)]
#[must_use = "nothing is served before `start`"]
pub struct TestServiceBuilder<S> {
    router: Router<S>,
    state: S,
    replacements: Replacements,
}

impl<S: Clone + Send + Sync + 'static> TestServiceBuilder<S> {
    /// Lets the shield pass `value` wherever it stands. The first argument only names its type.
    pub fn replace<I: IntoShield<Via>, Via>(mut self, _shield: I, value: Value<I::Shield>) -> Self {
        self.replacements.shield::<I::Shield>(value);
        self
    }

    /// Lets every `Depends<T>` be `value`.
    pub fn replace_dependency<T: Dependency>(mut self, value: T) -> Self {
        self.replacements.dependency(value);
        self
    }

    /// Lets `listener` hear of every shield run; [`Events`](crate::Events) captures them.
    pub fn listen(mut self, listener: impl ShieldListener) -> Self {
        self.router = self.router.on_shield(listener);
        self
    }

    /// Starts the service.
    ///
    /// # Panics
    /// If the routes cannot stand, or no port can be had.
    pub async fn start(self) -> TestService {
        let router = self.router.replace(&self.replacements).into_axum().with_state(self.state);
        TestService::serve(router).await
    }
}

impl TestService {
    /// A service to be configured and then started.
    ///
    /// ```
    /// # use testudo::prelude::*;
    /// # use testudo_testkit::TestService;
    /// use axum::extract::State;
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router = Router::new().route("/", Stack::public("a page").get(async |State(n): State<u32>| n.to_string()));
    /// let service = TestService::new(router, 7).start().await;
    /// service.get("/").await.status(200).text("7");
    /// # });
    /// ```
    #[expect(clippy::new_ret_no_self, reason = "a service is there once it has started")]
    pub fn new<S: Clone + Send + Sync + 'static>(router: Router<S>, state: S) -> TestServiceBuilder<S> {
        TestServiceBuilder { router, state, replacements: Replacements::new() }
    }

    /// Starts a service as it is.
    ///
    /// # Panics
    /// If the routes cannot stand, or no port can be had.
    pub async fn start<S: Clone + Send + Sync + 'static>(router: Router<S>, state: S) -> Self {
        Self::new(router, state).start().await
    }

    /// Serves an axum router, for what wraps a router of Testudo.
    ///
    /// ```
    /// # use testudo::prelude::*;
    /// # use testudo_testkit::TestService;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router: Router = Router::new().route("/", Stack::public("a page").get(async || "hello"));
    /// let service = TestService::serve(axum::Router::new().nest("/v1", router.into_axum())).await;
    /// service.get("/v1").await.status(200).text("hello");
    /// # });
    /// ```
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn serve(router: axum::Router) -> Self {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port on the loopback interface");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let make = router.into_make_service_with_connect_info::<SocketAddr>();
            let shutdown = async {
                let _ = stopped.await;
            };
            axum::serve(listener, make)
                .with_graceful_shutdown(shutdown)
                .await
                .expect("serving does not fail");
        });
        let client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        Self { address, client, task, stop: Some(stop) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A request with this method.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call::new(self.client.clone(), self.address, method, path)
    }

    /// A `GET` request.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// A `POST` request.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// A `PUT` request.
    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    /// A `PATCH` request.
    pub fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    /// A `DELETE` request.
    pub fn delete(&self, path: &str) -> Call {
        self.call(Method::DELETE, path)
    }

    /// Stops accepting, lets requests under way finish, and waits for that.
    ///
    /// ```
    /// # use testudo::prelude::*;
    /// # use testudo_testkit::TestService;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router = Router::new().route("/", Stack::public("a page").get(async || "hello"));
    /// let service = TestService::start(router, ()).await;
    /// let address = service.address();
    /// service.stop().await;
    /// assert!(std::net::TcpStream::connect(address).is_err());
    /// # });
    /// ```
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // Kept-alive connections of this client would hold the server up.
        self.client = Client::builder(TokioExecutor::new()).build(HttpConnector::new());
        let _ = (&mut self.task).await;
    }
}

impl Drop for TestService {
    fn drop(&mut self) {
        self.task.abort();
    }
}
