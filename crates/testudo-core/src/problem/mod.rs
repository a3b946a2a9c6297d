//! The one form of every refusal: problem details (RFC 9457).

mod field;
mod rejection;
#[cfg(feature = "validate")]
mod valid;

use std::{any::Any, borrow::Cow, error::Error, fmt, sync::Arc};

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

pub use field::{FieldError, Place};
pub(crate) use rejection::{refusal_of_rejection, too_large, unreadable};
#[cfg(feature = "validate")]
pub use valid::Valid;

use crate::{
    after::is_framing,
    request::RequestId,
    shield::{Block, Fail},
};

/// The media type of a problem (RFC 9457, section 3).
///
/// ```
/// assert_eq!(testudo_core::PROBLEM_JSON, "application/problem+json");
/// ```
pub const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Seconds a client is asked to wait before it repeats a request that could not be decided or served.
pub(crate) const RETRY_AFTER_SECONDS: u64 = 5;

/// A refusal as problem details, `application/problem+json` (RFC 9457).
///
/// 1. `type` defaults to `about:blank`, and `title` then to the status' own phrase (section 4.2.1).
/// 2. `detail` and every member are external text: whatever they hold, the client reads.
/// 3. A cause is internal: it is logged once, by the route that answers, and never sent.
/// 4. `instance` is filled in with the request's path (without the query) by the route that answers, and `request_id`
///    with its id, if it has one ([`RequestInfo`](crate::RequestInfo)).
///
/// Any error turns into a problem with `?`: `500`, the error as its cause and no word of it in the body.
///
/// ```
/// use axum::response::IntoResponse;
/// use testudo_core::Problem;
///
/// let problem = Problem::conflict("a product of that name exists").member("name", "Shield");
/// let body = serde_json::to_value(&problem).unwrap();
/// assert_eq!(body["title"], "Conflict");
/// assert_eq!(body["status"], 409);
/// assert_eq!(body["name"], "Shield");
/// assert_eq!(problem.into_response().headers()["content-type"], "application/problem+json");
///
/// fn open() -> Result<String, Problem> {
///     Ok(std::fs::read_to_string("/no/such/file")?)
/// }
/// let problem = open().unwrap_err();
/// assert_eq!(problem.status(), 500);
/// assert!(!serde_json::to_string(&problem).unwrap().contains("No such file"));
/// ```
#[derive(Clone)]
#[must_use = "a problem is an answer: return it"]
pub struct Problem(Box<Details>);

#[derive(Clone)]
struct Details {
    kind: Cow<'static, str>,
    title: Option<Cow<'static, str>>,
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
    instance: Option<String>,
    members: Map<String, Value>,
    headers: HeaderMap,
    cause: Option<Arc<dyn Error + Send + Sync>>,
    /// A route that was nested in another service has logged the cause.
    logged: bool,
}

impl Problem {
    /// A problem with this status and nothing else said.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::new(axum::http::StatusCode::GONE);
    /// assert_eq!(problem.status(), 410);
    /// ```
    pub fn new(status: StatusCode) -> Self {
        Self(Box::new(Details {
            kind: Cow::Borrowed("about:blank"),
            title: None,
            status,
            detail: None,
            instance: None,
            members: Map::new(),
            headers: HeaderMap::new(),
            cause: None,
            logged: false,
        }))
    }

    /// `400`: the request cannot be understood.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert_eq!(Problem::bad_request("no such page").status(), 400);
    /// ```
    pub fn bad_request(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST).detail(detail)
    }

    /// `403`: the request is understood and refused.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert_eq!(Problem::forbidden("not yours").status(), 403);
    /// ```
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::FORBIDDEN).detail(detail)
    }

    /// `404`: there is no such thing.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert_eq!(Problem::not_found("no such product").status(), 404);
    /// ```
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND).detail(detail)
    }

    /// `409`: the request conflicts with what is stored.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert_eq!(Problem::conflict("the name is taken").status(), 409);
    /// ```
    pub fn conflict(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::CONFLICT).detail(detail)
    }

    /// `422`: the content is understood and does not fit.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert_eq!(Problem::unprocessable("too long").status(), 422);
    /// ```
    pub fn unprocessable(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY).detail(detail)
    }

    /// `500`: a fault of ours. The cause is logged and not sent.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::internal("index out of range");
    /// assert_eq!(problem.status(), 500);
    /// assert!(!serde_json::to_string(&problem).unwrap().contains("index"));
    /// ```
    pub fn internal(cause: impl Into<axum::BoxError>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR).caused_by(cause)
    }

    /// `503` with `Retry-After`: something needed to answer is not available. The cause is logged and not sent.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert_eq!(Problem::unavailable("the store is down").status(), 503);
    /// ```
    pub fn unavailable(cause: impl Into<axum::BoxError>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE)
            .header(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_SECONDS))
            .caused_by(cause)
    }

    /// Sets `type`, a URI reference that identifies the kind of problem. Defaults to `about:blank`.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::conflict("taken").kind("https://example.com/taken");
    /// assert_eq!(serde_json::to_value(&problem).unwrap()["type"], "https://example.com/taken");
    /// ```
    pub fn kind(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = uri.into();
        self
    }

    /// Sets `title`, a summary of the kind of problem. Defaults to the status' phrase.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::conflict("a product has it").title("Name taken");
    /// assert_eq!(serde_json::to_value(&problem).unwrap()["title"], "Name taken");
    /// ```
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// Sets `detail`, what is wrong with this request, for the client to read.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::conflict("").detail("a product has this name");
    /// assert_eq!(serde_json::to_value(&problem).unwrap()["detail"], "a product has this name");
    /// ```
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Sets `instance`, a URI reference for this occurrence. Defaults to the request's path.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::conflict("taken").instance("/products/7");
    /// assert_eq!(serde_json::to_value(&problem).unwrap()["instance"], "/products/7");
    /// ```
    pub fn instance(mut self, uri: impl Into<String>) -> Self {
        self.0.instance = Some(uri.into());
        self
    }

    /// Adds an extension member (RFC 9457, section 3.2). One named like a standard member is not sent: the standard
    /// member is.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::conflict("taken").member("by", 7).member("status", 200);
    /// let body = serde_json::to_value(&problem).unwrap();
    /// assert_eq!((&body["by"], &body["status"]), (&7.into(), &409.into()));
    /// ```
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.into(), value.into());
        self
    }

    /// Adds `errors`, one entry for each part of the request that does not fit.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// use testudo_core::{FieldError, Place};
    ///
    /// let problem = Problem::unprocessable("").errors([FieldError::new(Place::Query, "page", "is no number")]);
    /// assert_eq!(serde_json::to_value(&problem).unwrap()["errors"][0]["name"], "page");
    /// ```
    pub fn errors(self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        let errors: Vec<Value> = errors.into_iter().map(FieldError::into_value).collect();
        self.member("errors", errors)
    }

    /// Adds a response header; several of one name are all sent. One that frames the response (`Content-Length`,
    /// `Connection`, ..) is not.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// use axum::{http::header, response::IntoResponse};
    ///
    /// let problem = Problem::conflict("taken").header(header::RETRY_AFTER, 3.into());
    /// assert_eq!(problem.into_response().headers()["retry-after"], "3");
    /// ```
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if !is_framing(&name) {
            self.0.headers.append(name, value);
        }
        self
    }

    /// Keeps the cause for the log. It is never sent.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// let problem = Problem::conflict("taken").caused_by("unique constraint");
    /// assert_eq!(problem.cause().unwrap().to_string(), "unique constraint");
    /// ```
    pub fn caused_by(mut self, cause: impl Into<axum::BoxError>) -> Self {
        self.0.cause = Some(Arc::from(cause.into()));
        self
    }

    /// The status.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert_eq!(Problem::conflict("taken").status(), 409);
    /// ```
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The internal cause, if there is one.
    ///
    /// ```
    /// # use testudo_core::Problem;
    /// assert!(Problem::conflict("taken").cause().is_none());
    /// ```
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.cause.as_deref()
    }

    pub(crate) fn has_instance(&self) -> bool {
        self.0.instance.is_some()
    }

    /// Whether it names this request, if there is one to name.
    pub(crate) fn has_request_id(&self, id: Option<&RequestId>) -> bool {
        id.is_none_or(|id| self.0.members.get(REQUEST_ID).is_some_and(|member| member == id.as_str()))
    }

    /// The same problem of this request, if there is one to name.
    pub(crate) fn with_request_id(self, id: Option<&RequestId>) -> Self {
        match id {
            Some(id) => self.member(REQUEST_ID, id.as_str()),
            None => self,
        }
    }

    pub(crate) fn has_challenge(&self) -> bool {
        self.0.headers.contains_key(header::WWW_AUTHENTICATE)
    }

    pub(crate) fn shared_cause(&self) -> Option<Arc<dyn Error + Send + Sync>> {
        self.0.cause.clone()
    }

    /// Says once whether the cause still has to be logged.
    pub(crate) fn take_unlogged(&mut self) -> bool {
        !std::mem::replace(&mut self.0.logged, true)
    }

    /// The same problem under the status that its response has in the end.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    fn title_text(&self) -> &str {
        match &self.0.title {
            Some(title) => title,
            None => self.0.status.canonical_reason().unwrap_or("Unknown Error"),
        }
    }

    pub(crate) fn body(&self) -> Vec<u8> {
        // Maps with string keys, strings and numbers always serialise.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

/// The extension member that names the request.
const REQUEST_ID: &str = "request_id";

const STANDARD_MEMBERS: [&str; 5] = ["type", "title", "status", "detail", "instance"];

impl Serialize for Problem {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &self.0.kind)?;
        map.serialize_entry("title", self.title_text())?;
        map.serialize_entry("status", &self.0.status.as_u16())?;
        if let Some(detail) = &self.0.detail {
            map.serialize_entry("detail", detail)?;
        }
        if let Some(instance) = &self.0.instance {
            map.serialize_entry("instance", instance)?;
        }
        for (name, value) in &self.0.members {
            if !STANDARD_MEMBERS.contains(&name.as_str()) {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem")
            .field("status", &self.0.status)
            .field("detail", &self.0.detail)
            .field("members", &self.0.members)
            .field("cause", &self.0.cause)
            .finish_non_exhaustive()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(axum::body::Body::from(self.body()));
        *response.status_mut() = self.0.status;
        response.headers_mut().extend(self.0.headers.clone());
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
        // The typed form travels along: the route completes it, the log reads its cause.
        response.extensions_mut().insert(self);
        response
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for Problem {
    fn from(error: E) -> Self {
        let any: &dyn Any = &error;
        if let Some(block) = any.downcast_ref::<Block>() {
            return block.to_problem();
        }
        if let Some(fail) = any.downcast_ref::<Fail>() {
            return fail.to_problem();
        }
        rejection::known(any, &[]).unwrap_or_else(|| Self::internal(error))
    }
}
