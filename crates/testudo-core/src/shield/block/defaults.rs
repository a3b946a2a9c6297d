//! What a shield's configuration says where the author of a block has said nothing.

use std::borrow::Cow;

use axum::response::IntoResponse;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, request::Parts};
use serde_json::Value;

use super::Block;

impl Block {
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
    ///
    /// # Panics
    /// If the value cannot be sent in a header field: it holds control characters.
    pub fn or_challenge(self, challenge: &str) -> Self {
        let unwanted = self.is_worded_by_an_extractor() && self.status_code() != StatusCode::UNAUTHORIZED;
        if self.0.challenges.is_empty() && !unwanted { self.challenge(challenge) } else { self }
    }

    /// Fills in the whole body where the author left it open.
    ///
    /// ```
    /// use axum::http::HeaderValue;
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// fn door() -> Verdict<()> {
    ///     let text = HeaderValue::from_static("text/plain");
    ///     let closed = Block::unworded().body(text.clone(), "closed for today");
    ///     Verdict::Block(closed.or_body(text, "closed"))
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router = Router::new().route("/", Stack::new().shield(door).get(async || "inside"));
    /// let service = testudo_testkit::TestService::start(router, ()).await;
    /// service.get("/").await.status(403).text("closed for today");
    /// # });
    /// ```
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
    ///
    /// ```
    /// use axum::http::StatusCode;
    /// use testudo::prelude::*;
    ///
    /// #[shield(decides)]
    /// fn door() -> Verdict<()> {
    ///     Verdict::Block(Block::unworded().or_respond_with(|_, block| (StatusCode::GONE, format!("{:?}", block.reason()))))
    /// }
    ///
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let router = Router::new().route("/", Stack::new().shield(door).get(async || "inside"));
    /// let service = testudo_testkit::TestService::start(router, ()).await;
    /// service.get("/").await.status(410).text("Refused");
    /// # });
    /// ```
    pub fn or_respond_with<R: IntoResponse>(
        self,
        respond: impl Fn(&Parts, &Block) -> R + Send + Sync + 'static,
    ) -> Self {
        if self.0.respond.is_some() || self.is_worded_by_an_extractor() {
            return self;
        }
        self.respond_with(respond)
    }
}
