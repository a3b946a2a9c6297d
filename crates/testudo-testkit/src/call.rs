//! A request, and assertions on its answer.

use std::{
    future::{Future, IntoFuture},
    net::SocketAddr,
    pin::Pin,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::service::HttpClient;

/// A request to a [`TestService`](crate::TestService). Awaiting it sends it.
///
/// ```
/// use axum::{Json, http::HeaderMap};
/// use testudo::prelude::*;
/// use testudo_testkit::TestService;
///
/// async fn echo(headers: HeaderMap, content: String) -> String {
///     format!("{} {} {content}", headers["x-trace"].to_str().unwrap(), headers["authorization"].to_str().unwrap())
/// }
///
/// async fn double(Json(number): Json<u32>) -> Json<u32> {
///     Json(number * 2)
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let open = Stack::public("an example");
/// let router = Router::new().route("/echo", open.post(echo)).route("/double", open.post(double));
/// let service = TestService::start(router, ()).await;
/// let call = service.post("/echo").header("x-trace", "7").bearer("secret").body("abc");
/// call.await.status(200).text("7 Bearer secret abc");
/// service.post("/double").json(&21).await.status(200).text("42");
/// # });
/// ```
///
/// # Panics
/// When awaited, if the path is none, or no answer arrives.
#[derive(Debug)]
#[must_use = "a call is sent when it is awaited"]
pub struct Call {
    client: HttpClient,
    address: SocketAddr,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    pub(crate) fn new(client: HttpClient, address: SocketAddr, method: Method, path: &str) -> Self {
        Self { client, address, method, path: path.to_owned(), headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// Adds a header field.
    ///
    /// # Panics
    /// If it is none.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header name");
        self.headers.append(name, HeaderValue::try_from(value).expect("a header value"));
        self
    }

    /// Adds `Authorization: Bearer`.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds all of these header fields.
    pub(crate) fn headers(mut self, headers: &HeaderMap) -> Self {
        self.headers.extend(headers.clone());
        self
    }

    /// Sends this content.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends this value as JSON.
    ///
    /// # Panics
    /// If it cannot be serialised.
    pub fn json(self, value: &impl Serialize) -> Self {
        let body = serde_json::to_vec(value).expect("a value that serialises");
        self.header("content-type", "application/json").body(body)
    }

    async fn send(self) -> Answer {
        let label = format!("{} {}", self.method, self.path);
        let mut request = Request::builder()
            .method(self.method)
            .uri(format!("http://{}{}", self.address, self.path))
            .body(Full::new(self.body))
            .expect("a valid request");
        *request.headers_mut() = self.headers;
        let response =
            self.client.request(request).await.unwrap_or_else(|error| panic!("{label}: {error:?}"));
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap_or_else(|error| panic!("{label}: {error:?}")).to_bytes();
        Answer { label, status: parts.status, headers: parts.headers, body }
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// An answer. Its assertions can be chained, and say which request they are about.
///
/// ```
/// # use testudo::prelude::*;
/// # use testudo_testkit::TestService;
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let open = Stack::public("an example");
/// # let service = TestService::start(Router::new().route("/", open.get(async || "\"hello\"")), ()).await;
/// let answer = service.get("/").await;
/// answer.status(200).header("content-type", "text/plain; charset=utf-8").no_header("etag").text("\"hello\"");
/// assert_eq!(answer.json::<String>(), "hello");
/// service.get("/nothing").await.status(404).problem().member("title", "Not Found");
/// # });
/// ```
///
/// Its parts are there for assertions of your own:
///
/// ```
/// # use axum::{http::header, response::AppendHeaders};
/// # use testudo::prelude::*;
/// # use testudo_testkit::TestService;
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let open = Stack::public("an example");
/// # let cookies = async || (AppendHeaders([(header::SET_COOKIE, "a=1"), (header::SET_COOKIE, "b=2")]), "hello");
/// # let service = TestService::start(Router::new().route("/", open.get(cookies)), ()).await;
/// let answer = service.get("/").await;
/// assert_eq!((answer.code(), answer.content_type()), (200, Some("text/plain; charset=utf-8")));
/// assert_eq!(answer.header_value("set-cookie"), Some("a=1"));
/// assert_eq!(answer.header_values("set-cookie"), ["a=1", "b=2"]);
/// assert_eq!(answer.bytes().len(), 5);
/// assert!(answer.body_text().starts_with("hell"));
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct Answer {
    label: String,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// Asserts the status.
    #[track_caller]
    pub fn status(&self, expected: u16) -> &Self {
        assert_eq!(self.status.as_u16(), expected, "{}: {}", self.label, self.body_text());
        self
    }

    /// Asserts the value of a header field.
    #[track_caller]
    pub fn header(&self, name: &str, expected: &str) -> &Self {
        assert_eq!(self.header_value(name), Some(expected), "{}: header {name}", self.label);
        self
    }

    /// Asserts that a header field is absent.
    #[track_caller]
    pub fn no_header(&self, name: &str) -> &Self {
        assert_eq!(self.header_value(name), None, "{}: header {name}", self.label);
        self
    }

    /// Asserts the whole content as text.
    #[track_caller]
    pub fn text(&self, expected: &str) -> &Self {
        assert_eq!(self.body_text(), expected, "{}", self.label);
        self
    }

    /// The content as JSON.
    ///
    /// # Panics
    /// If it is none.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: {error}: {}", self.label, self.body_text()))
    }

    /// Asserts that the answer is problem details whose `status` is the answer's (RFC 9457).
    #[track_caller]
    pub fn problem(&self) -> ProblemAnswer {
        self.header("content-type", "application/problem+json");
        let body: Value = self.json();
        assert_eq!(body["status"], self.status.as_u16(), "{}: {body}", self.label);
        assert!(body["type"].is_string() && body["title"].is_string(), "{}: {body}", self.label);
        ProblemAnswer { label: self.label.clone(), body }
    }

    /// The status.
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// The first value of a header field.
    pub fn header_value(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All values of a header field.
    pub fn header_values(&self, name: &str) -> Vec<&str> {
        self.headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// The media type of the content.
    pub fn content_type(&self) -> Option<&str> {
        self.header_value(header::CONTENT_TYPE.as_str())
    }

    /// The content.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The content as text.
    pub fn body_text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Problem details, for further assertions.
///
/// ```
/// use testudo::{Place, prelude::*};
/// use testudo_testkit::TestService;
///
/// #[shield(name = "Page", protects)]
/// fn page_fits() -> Result<Option<()>, Block> {
///     Err(Block::unprocessable(Place::Query, "page", "is no number"))
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let open = Stack::public("an example").shield(page_fits);
/// let service = TestService::start(Router::new().route("/", open.get(async || "hello")), ()).await;
/// let problem = service.get("/").await.status(422).problem();
/// problem.shield("Page").detail("the query `page` is no number").error_in("query", "page");
/// problem.member("title", "Unprocessable Entity").no_member("code");
/// assert_eq!(problem.body()["instance"], "/");
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct ProblemAnswer {
    label: String,
    body: Value,
}

impl ProblemAnswer {
    /// Asserts `detail`.
    #[track_caller]
    pub fn detail(&self, expected: &str) -> &Self {
        self.member("detail", expected)
    }

    /// Asserts the name of the shield that blocked.
    #[track_caller]
    pub fn shield(&self, expected: &str) -> &Self {
        self.member("shield", expected)
    }

    /// Asserts a member.
    #[track_caller]
    pub fn member(&self, name: &str, expected: impl Into<Value>) -> &Self {
        assert_eq!(self.body[name], expected.into(), "{}: {name} of {}", self.label, self.body);
        self
    }

    /// Asserts that a member is absent.
    #[track_caller]
    pub fn no_member(&self, name: &str) -> &Self {
        assert!(self.body.get(name).is_none(), "{}: {name} of {}", self.label, self.body);
        self
    }

    /// Asserts that an entry of `errors` names this place and field.
    #[track_caller]
    pub fn error_in(&self, place: &str, name: &str) -> &Self {
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        let named =
            |error: &Value| error["name"].as_str().unwrap_or_default() == name && error["in"] == place;
        assert!(errors.iter().any(named), "{}: no error in {place} `{name}`: {}", self.label, self.body);
        self
    }

    /// The whole problem.
    pub fn body(&self) -> &Value {
        &self.body
    }
}
