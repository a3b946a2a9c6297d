//! A shield's decision against a request, and the response it becomes.

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
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.0.body = Some((content_type, body.into()));
        self
    }

    /// Lets a function of the request and this block write the whole response.
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

    /// Fills in the status where the author left it open.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// use axum::http::StatusCode;
    ///
    /// let block = Block::not_found("no such document").or_status(StatusCode::UNAUTHORIZED);
    /// assert_eq!(block.status_code(), 404);
    /// ```
    pub fn or_status(mut self, status: StatusCode) -> Self {
        self.0.status.get_or_insert(status);
        self
    }

    /// Fills in `detail` where the author left it open.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// let block = Block::unworded().or_detail(|| "not yours".into());
    /// assert_eq!(block.detail_text(), Some("not yours"));
    /// ```
    pub fn or_detail(mut self, detail: impl FnOnce() -> Cow<'static, str>) -> Self {
        self.0.detail.get_or_insert_with(detail);
        self
    }

    /// An extractor has worded it already; all that may be added is a header or, to a `401`, a challenge.
    fn is_worded_by_an_extractor(&self) -> bool {
        self.0.problem.is_some()
    }

    /// Fills in the challenge where the author left it open.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// use axum::response::IntoResponse;
    ///
    /// let block = Block::unauthorized("expired").or_challenge("Bearer");
    /// assert_eq!(block.to_problem().into_response().headers()["www-authenticate"], "Bearer");
    /// ```
    pub fn or_challenge(self, challenge: &str) -> Self {
        let unwanted = self.is_worded_by_an_extractor() && self.status_code() != StatusCode::UNAUTHORIZED;
        if self.0.challenges.is_empty() && !unwanted { self.challenge(challenge) } else { self }
    }

    /// Fills in the whole body where the author left it open.
    pub fn or_body(self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        if self.0.body.is_some() || self.is_worded_by_an_extractor() {
            return self;
        }
        self.body(content_type, body)
    }

    /// Fills in an extension member where the author left it open.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// let block = Block::forbidden("not yours").member("owner", "ann").or_member("owner", || "bob".into());
    /// assert_eq!(serde_json::to_value(block.to_problem()).unwrap()["owner"], "ann");
    /// ```
    pub fn or_member(mut self, name: &str, value: impl FnOnce() -> Value) -> Self {
        if !self.0.members.contains_key(name) {
            self.0.members.insert(name.to_owned(), value());
        }
        self
    }

    /// Fills in the function that writes the response where the author left it open.
    pub fn or_respond_with<R: IntoResponse>(
        self,
        respond: impl Fn(&Parts, &Block) -> R + Send + Sync + 'static,
    ) -> Self {
        if self.0.respond.is_some() || self.is_worded_by_an_extractor() {
            return self;
        }
        self.respond_with(respond)
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

    /// The first of two refusals, with the challenges of both. A credential is missing only if both are.
    pub(crate) fn with_challenges_of(mut self, other: &Self) -> Self {
        if other.reason() != BlockReason::Missing {
            self.0.reason = Some(other.reason());
        }
        self.0.challenges = self.all_challenges();
        for challenge in other.all_challenges() {
            if !self.0.challenges.contains(&challenge) {
                self.0.challenges.push(challenge);
            }
        }
        self
    }

    /// The challenges, a default one included where a `401` has none.
    fn all_challenges(&self) -> Vec<HeaderValue> {
        let header = || self.0.headers.iter().any(|(name, _)| name == header::WWW_AUTHENTICATE);
        let problem = || self.0.problem.as_ref().is_some_and(Problem::has_challenge);
        if self.0.challenges.is_empty()
            && self.status_code() == StatusCode::UNAUTHORIZED
            && !header()
            && !problem()
        {
            let realm: String =
                self.name().chars().filter(|c| matches!(c, ' '..='~') && *c != '"' && *c != '\\').collect();
            return HeaderValue::from_str(&format!("Shield realm=\"{realm}\"")).into_iter().collect();
        }
        self.0.challenges.clone()
    }

    fn name(&self) -> &str {
        self.0.shield.as_deref().unwrap_or("unnamed")
    }

    /// The refusal as problem details.
    ///
    /// ```
    /// # use testudo_core::Block;
    /// assert_eq!(Block::forbidden("not yours").to_problem().status(), 403);
    /// ```
    pub fn to_problem(&self) -> Problem {
        let wording = &self.0;
        if let Some(problem) = &wording.problem {
            let worded =
                self.all_headers().fold(problem.clone(), |worded, (name, value)| worded.header(name, value));
            return match &wording.shield {
                Some(shield) => worded.member("shield", shield.as_ref()),
                None => worded,
            };
        }
        let detail = match &wording.detail {
            Some(detail) => detail.clone(),
            None => Cow::Owned(format!("Shield `{}` blocks the request", self.name())),
        };
        let mut problem = Problem::new(self.status_code()).detail(detail);
        if let Some(title) = &wording.title {
            problem = problem.title(title.clone());
        }
        if !wording.errors.is_empty() {
            problem = problem.errors(wording.errors.iter().cloned());
        }
        for (name, value) in &wording.members {
            problem = problem.member(name.clone(), value.clone());
        }
        if let Some(shield) = &wording.shield {
            problem = problem.member("shield", shield.as_ref());
        }
        for (name, value) in self.all_headers() {
            problem = problem.header(name, value);
        }
        problem
    }

    fn all_headers(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> + use<'_> {
        let challenges = self.all_challenges().into_iter().map(|value| (header::WWW_AUTHENTICATE, value));
        challenges.chain(self.0.headers.iter().cloned())
    }

    /// The refusal as the response to a request with these parts.
    pub(crate) fn into_response(self, parts: &Parts) -> Response {
        if let Some(respond) = self.0.respond.clone() {
            let mut response = respond(parts, &self);
            // A 401 without a challenge is none (RFC 9110, section 15.5.2).
            if response.status() == StatusCode::UNAUTHORIZED
                && !response.headers().contains_key(header::WWW_AUTHENTICATE)
            {
                for challenge in self.all_challenges() {
                    response.headers_mut().append(header::WWW_AUTHENTICATE, challenge);
                }
            }
            return response;
        }
        let Some((content_type, body)) = self.0.body.clone() else {
            return self.to_problem().into_response();
        };
        let mut response = Response::new(axum::body::Body::from(body));
        *response.status_mut() = self.status_code();
        for (name, value) in self.all_headers() {
            response.headers_mut().append(name, value);
        }
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
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
