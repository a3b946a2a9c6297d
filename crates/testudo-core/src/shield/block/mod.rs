//! A shield's decision against a request, and the response it becomes.

mod answer;
mod defaults;

use std::{borrow::Cow, fmt, sync::Arc, time::Duration};

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use serde_json::{Map, Value};

use super::ShieldInfo;
use crate::{
    after::is_framing,
    problem::{FieldError, Place, Problem},
};

/// Why a request was blocked.
///
/// ```
/// use testudo_core::{Block, BlockReason};
///
/// assert_eq!(Block::missing().reason(), BlockReason::Missing);
/// assert_eq!(Block::unauthorized("expired").reason(), BlockReason::Refused);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockReason {
    /// The credential the shield looks for is not there. This alone is what
    /// [`optional`](crate::IntoShield::optional) turns into `None`.
    Missing,
    /// The shield looked and refused.
    Refused,
}

/// The shield refuses the request.
///
/// A block says as much as its author wants; what is left open is filled in by the shield's own configuration
/// (`#[shield(status = .., detail = ..)]`) and then by defaults: `403` and ``Shield `NAME` blocks the request``.
///
/// A `401` always carries `WWW-Authenticate` (RFC 9110, section 15.5.2), the shield's challenge or a default one.
///
/// ```
/// use testudo_core::Block;
///
/// fn owner(document_owner: u32, caller: Option<u32>) -> Result<Option<u32>, Block> {
///     let caller = caller.ok_or_else(|| Block::missing())?;
///     if caller != document_owner {
///         return Err(Block::not_found("no such document")); // do not admit that it exists
///     }
///     Ok(Some(caller))
/// }
///
/// assert!(owner(1, Some(1)).is_ok());
/// assert_eq!(owner(1, Some(2)).unwrap_err().to_problem().status(), 404);
/// ```
#[derive(Clone)]
#[must_use = "a block is an answer: return it"]
pub struct Block(Box<Wording>);

#[derive(Clone, Default)]
struct Wording {
    reason: Option<BlockReason>,
    status: Option<StatusCode>,
    title: Option<Cow<'static, str>>,
    detail: Option<Cow<'static, str>>,
    shield: Option<Cow<'static, str>>,
    challenges: Vec<HeaderValue>,
    headers: Vec<(HeaderName, HeaderValue)>,
    members: Map<String, Value>,
    errors: Vec<FieldError>,
    body: Option<(HeaderValue, Bytes)>,
    /// What an extractor refused, taken over whole.
    problem: Option<Problem>,
    respond: Option<Arc<Respond>>,
}

type Respond = dyn Fn(&Parts, &Block) -> Response + Send + Sync;

impl Block {
    /// A refusal with nothing said: the shield's configuration words it.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::unworded().to_problem().status(), 403);
    /// ```
    pub fn unworded() -> Self {
        Self(Box::default())
    }

    /// The credential that the shield looks for is not there. The shield's configuration words the rest.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// use testudo_core::BlockReason;
    ///
    /// assert_eq!(Block::missing().reason(), BlockReason::Missing);
    /// ```
    pub fn missing() -> Self {
        let mut block = Self::unworded();
        block.0.reason = Some(BlockReason::Missing);
        block
    }

    /// `401`: no valid credential.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::unauthorized("expired").status_code(), 401);
    /// ```
    pub fn unauthorized(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::unworded().status(StatusCode::UNAUTHORIZED).detail(detail)
    }

    /// `402`: a budget is exhausted.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::payment_required("no credit left").status_code(), 402);
    /// ```
    pub fn payment_required(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::unworded().status(StatusCode::PAYMENT_REQUIRED).detail(detail)
    }

    /// `403`: a valid credential that is not enough.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::forbidden("not yours").status_code(), 403);
    /// ```
    pub fn forbidden(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::unworded().status(StatusCode::FORBIDDEN).detail(detail)
    }

    /// `404`: for what the caller may not even know of.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::not_found("no such document").status_code(), 404);
    /// ```
    pub fn not_found(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::unworded().status(StatusCode::NOT_FOUND).detail(detail)
    }

    /// `422`: a part of the request that is no credential does not fit.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// use testudo_core::Place;
    ///
    /// let block = Block::unprocessable(Place::Query, "per_page", "must be at most 100");
    /// assert_eq!(block.detail_text(), Some("the query `per_page` must be at most 100"));
    /// ```
    pub fn unprocessable(place: Place, name: &str, detail: &str) -> Self {
        let mut block = Self::unworded()
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .detail(format!("the {} `{name}` {detail}", place.as_str()));
        block.0.errors.push(FieldError::new(place, name, detail.to_owned()));
        block
    }

    /// `422`: a header field that is no credential is missing.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::missing_header("x-tenant").status_code(), 422);
    /// ```
    pub fn missing_header(name: &str) -> Self {
        Self::unprocessable(Place::Header, name, "is missing")
    }

    /// `429` with `Retry-After` in whole seconds, rounded up.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// use std::time::Duration;
    ///
    /// use axum::response::IntoResponse;
    ///
    /// let response = Block::too_many_requests(Duration::from_millis(1_200)).to_problem().into_response();
    /// assert_eq!(response.headers()["retry-after"], "2");
    /// ```
    pub fn too_many_requests(retry_after: Duration) -> Self {
        let seconds = retry_after.as_secs().saturating_add(u64::from(retry_after.subsec_nanos() > 0));
        Self::unworded()
            .status(StatusCode::TOO_MANY_REQUESTS)
            .detail("too many requests")
            .header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Sets the status. Defaults to the shield's, and that to `403`.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::unworded().status(axum::http::StatusCode::GONE).status_code(), 410);
    /// ```
    pub fn status(mut self, status: StatusCode) -> Self {
        self.0.status = Some(status);
        self
    }

    /// Sets `title`. Defaults to the status' phrase.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// let body = serde_json::to_value(Block::forbidden("not yours").title("Hands off").to_problem()).unwrap();
    /// assert_eq!(body["title"], "Hands off");
    /// ```
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// Sets `detail`, for the client to read. Defaults to the shield's, and that to
    /// ``Shield `NAME` blocks the request``.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::unworded().detail("not yours").detail_text(), Some("not yours"));
    /// ```
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a value of `WWW-Authenticate` (RFC 9110, section 11.6.1).
    ///
    /// ```
    /// # use testudo_core::Block;
    /// let block = Block::forbidden("a scope is missing").challenge(r#"Bearer error="insufficient_scope""#);
    /// assert_eq!(block.to_problem().status(), 403);
    /// ```
    ///
    /// # Panics
    /// If the value cannot be sent in a header field: it holds control characters.
    pub fn challenge(mut self, challenge: &str) -> Self {
        self.0.challenges.push(HeaderValue::from_str(challenge).expect("a challenge is a header value"));
        self
    }

    /// Adds a response header. One that frames the response (`Content-Length`, `Connection`, ..) is not sent.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// use axum::{http::header, response::IntoResponse};
    ///
    /// let block = Block::forbidden("not yours").header(header::AGE, 3.into()).header(header::CONTENT_LENGTH, 3.into());
    /// let response = block.to_problem().into_response();
    /// assert_eq!(response.headers()["age"], "3");
    /// assert!(!response.headers().contains_key("content-length"));
    /// ```
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        if !is_framing(&name) {
            self.0.headers.push((name, value));
        }
        self
    }

    /// Adds an extension member to the problem.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// let body = serde_json::to_value(Block::forbidden("not yours").member("owner", "ann").to_problem()).unwrap();
    /// assert_eq!(body["owner"], "ann");
    /// ```
    pub fn member(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.0.members.insert(name.into(), value.into());
        self
    }

    /// Sends exactly this body instead of a problem.
    ///
    /// ```
    /// use axum::http::HeaderValue;
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// fn door() -> Result<Option<()>, Block> {
    ///     let html = HeaderValue::from_static("text/html");
    ///     Err(Block::forbidden("").body(html, "<h1>Closed</h1>"))
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router = Router::new().route("/", Stack::new().shield(door).get(async || "inside"));
    /// let service = testudo_testkit::TestService::start(router, ()).await;
    /// service.get("/").await.status(403).header("content-type", "text/html").text("<h1>Closed</h1>");
    /// # });
    /// ```
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.0.body = Some((content_type, body.into()));
        self
    }

    /// Lets a function of the request and this block write the whole response.
    ///
    /// ```
    /// use axum::response::Redirect;
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// fn session() -> Result<Option<()>, Block> {
    ///     Err(Block::missing().respond_with(|parts, _| Redirect::to(&format!("/login?from={}", parts.uri))))
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router = Router::new().route("/", Stack::new().shield(session).get(async || "inside"));
    /// let service = testudo_testkit::TestService::start(router, ()).await;
    /// service.get("/").await.status(303).header("location", "/login?from=/");
    /// # });
    /// ```
    pub fn respond_with<R: IntoResponse>(
        mut self,
        respond: impl Fn(&Parts, &Block) -> R + Send + Sync + 'static,
    ) -> Self {
        self.0.respond = Some(Arc::new(move |parts, block| respond(parts, block).into_response()));
        self
    }

    /// Why the request was blocked.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// use testudo_core::BlockReason;
    ///
    /// assert_eq!(Block::forbidden("not yours").reason(), BlockReason::Refused);
    /// ```
    pub fn reason(&self) -> BlockReason {
        self.0.reason.unwrap_or(BlockReason::Refused)
    }

    /// The name of the shield that blocked, once it is known.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::forbidden("not yours").shield(), None); // until a stack has run it
    /// ```
    pub fn shield(&self) -> Option<&str> {
        self.0.shield.as_deref()
    }

    /// What was said about this refusal, if anything was.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::unworded().detail_text(), None);
    /// ```
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The status this refusal has.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::unworded().status_code(), 403);
    /// ```
    pub fn status_code(&self) -> StatusCode {
        self.0.status.unwrap_or(StatusCode::FORBIDDEN)
    }

    /// A refusal that was already worded as a problem: an extractor's.
    pub(crate) fn of_problem(problem: Problem) -> Self {
        let mut block = Self::unworded().status(problem.status());
        block.0.problem = Some(problem);
        block
    }

    /// Names the shield, where no inner one has.
    pub(crate) fn or_shield(mut self, info: &ShieldInfo) -> Self {
        self.0.shield.get_or_insert_with(|| info.name_cow().clone());
        self
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Block")
            .field("shield", &self.0.shield)
            .field("reason", &self.reason())
            .field("status", &self.status_code())
            .field("detail", &self.0.detail)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "shield `{}` blocks the request", self.name())
    }
}

impl std::error::Error for Block {}
