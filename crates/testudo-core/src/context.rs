//! One request on its way through a stack. All per-request state lives here and nowhere else.

use std::{
    any::{Any, TypeId},
    error::Error,
    mem,
    sync::Arc,
};

use axum::{RequestExt, body::Body, extract::Request};
use bytes::Bytes;
use http::{HeaderMap, Method, Uri, request::Parts};
use http_body::Body as _;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use crate::{
    after::{After, ResponseHeaders},
    hooks::Hooks,
    problem::{Problem, too_large, unreadable},
    request::RequestInfo,
    shield::Block,
};

/// Most content a shield reads where no limit is set, in bytes: axum's own default.
const BODY_MAX_BYTES: usize = 2_097_152;

/// The request as shields see it.
///
/// A shield may read the content: it is buffered once, bounded by axum's `DefaultBodyLimit`, and complete for every
/// later shield and the handler. The bound is 2 MiB unless that layer says otherwise, also where it was disabled.
/// Content no shield reads is never buffered.
///
/// ```
/// use testudo_core::{Block, Check, Passed, Protects, Shield, ShieldContext, ShieldInfo, Verdict};
///
/// /// Passes the number of bytes in the content.
/// struct Counted;
///
/// impl Shield for Counted {
///     type Output = Passed<usize>;
///     type Access = Protects;
///
///     fn info(&self) -> ShieldInfo {
///         ShieldInfo::of::<Self>("Counted")
///     }
/// }
///
/// impl<L: Sync, S: Sync> Check<L, S> for Counted {
///     async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<usize> {
///         assert_eq!(request.method(), "POST");
///         match request.body().await {
///             Ok(content) => Verdict::Pass(content.len()),
///             Err(block) => Verdict::Block(block), // 413, or 400 for content that breaks off
///         }
///     }
/// }
/// # use testudo_core::{Router, Stack};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let stack = Stack::public("to count").shield(Counted);
/// # let routes: Router = Router::new().route("/", stack.post(async |n: Passed<usize>, body: String| format!("{} {body}", *n)));
/// # testudo_testkit::TestService::start(routes, ()).await.post("/").body("abc").await.status(200).text("3 abc");
/// # });
/// ```
#[derive(Debug)]
pub struct ShieldContext {
    /// Gone once the last argument of the handler has taken the request.
    parts: Option<Parts>,
    content: Content,
    memo: Vec<(TypeId, Arc<dyn Any + Send + Sync>)>,
    pub(crate) after: After,
    pub(crate) hooks: Option<Arc<Hooks>>,
    /// Where somebody wants to know what becomes of the request.
    pub(crate) info: Option<RequestInfo>,
    /// Shields that have run so far.
    pub(crate) ran: usize,
    /// Whether what runs now is only observed.
    pub(crate) is_rehearsal: bool,
}

#[derive(Debug)]
enum Content {
    Streaming(Body),
    Buffered(Bytes),
    Unreadable(Problem),
}

impl ShieldContext {
    pub(crate) fn new(request: Request, hooks: Option<Arc<Hooks>>, info: Option<RequestInfo>) -> Self {
        let (parts, body) = request.into_parts();
        if let Some(info) = &info {
            info.set_route(&parts.extensions);
        }
        Self {
            parts: Some(parts),
            content: Content::Streaming(body),
            memo: Vec::new(),
            after: After::default(),
            hooks,
            info,
            ran: 0,
            is_rehearsal: false,
        }
    }

    /// Whether anybody wants to know what shields do.
    pub(crate) fn is_observed(&self) -> bool {
        self.info.is_some() || self.hooks.as_ref().is_some_and(|hooks| hooks.observe())
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.parts().method
    }

    /// The request target.
    ///
    /// ```
    /// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
    /// # struct Looks;
    /// # impl Shield for Looks {
    /// #     type Output = ();
    /// #     type Access = Protects;
    /// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Looks") }
    /// # }
    /// # impl<L: Sync, S: Sync> Check<L, S> for Looks {
    /// #     async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
    /// // `POST /?page=2`
    /// assert_eq!((request.uri().path(), request.uri().query()), ("/", Some("page=2")));
    /// #         Verdict::Pass(())
    /// #     }
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let page = Stack::public("a page").shield(Looks).post(async || "done");
    /// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
    /// # service.post("/?page=2").header("x-trace", "7").await.status(200).text("done");
    /// # });
    /// ```
    pub fn uri(&self) -> &Uri {
        &self.parts().uri
    }

    /// The header fields.
    ///
    /// ```
    /// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
    /// # struct Looks;
    /// # impl Shield for Looks {
    /// #     type Output = ();
    /// #     type Access = Protects;
    /// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Looks") }
    /// # }
    /// # impl<L: Sync, S: Sync> Check<L, S> for Looks {
    /// #     async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
    /// // `X-Trace: 7`
    /// assert_eq!(request.headers()["x-trace"], "7");
    /// #         Verdict::Pass(())
    /// #     }
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let page = Stack::public("a page").shield(Looks).post(async || "done");
    /// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
    /// # service.post("/?page=2").header("x-trace", "7").await.status(200).text("done");
    /// # });
    /// ```
    pub fn headers(&self) -> &HeaderMap {
        &self.parts().headers
    }

    /// Everything but the content.
    ///
    /// ```
    /// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
    /// # struct Looks;
    /// # impl Shield for Looks {
    /// #     type Output = ();
    /// #     type Access = Protects;
    /// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Looks") }
    /// # }
    /// # impl<L: Sync, S: Sync> Check<L, S> for Looks {
    /// #     async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
    /// // What is always there, and what axum found on the way:
    /// let path = request.parts().extensions.get::<axum::extract::MatchedPath>();
    /// assert_eq!(path.map(|path| path.as_str()), Some("/"));
    /// #         Verdict::Pass(())
    /// #     }
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let page = Stack::public("a page").shield(Looks).post(async || "done");
    /// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
    /// # service.post("/?page=2").header("x-trace", "7").await.status(200).text("done");
    /// # });
    /// ```
    #[expect(
        clippy::missing_panics_doc,
        reason = "whoever is lent a context has it before the request is taken"
    )]
    pub fn parts(&self) -> &Parts {
        self.parts.as_ref().expect("shields run before the handler takes the request")
    }

    /// Everything but the content, for axum's extractors.
    ///
    /// ```
    /// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
    /// # struct Notes;
    /// # impl Shield for Notes {
    /// #     type Output = ();
    /// #     type Access = Protects;
    /// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Notes") }
    /// # }
    /// # impl<L: Sync, S: Sync> Check<L, S> for Notes {
    /// #     async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
    /// // A layer would do the same; handlers find it as `Extension<u32>`.
    /// request.parts_mut().extensions.insert(7_u32);
    /// assert_eq!(request.parts().extensions.get(), Some(&7_u32));
    /// #         Verdict::Pass(())
    /// #     }
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # let page = Stack::public("a page").shield(Notes).post(async |number: axum::Extension<u32>| number.to_string());
    /// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
    /// # service.post("/?page=2").header("x-trace", "7").await.status(200).text("7");
    /// # });
    /// ```
    pub fn parts_mut(&mut self) -> &mut Parts {
        self.parts.get_or_insert_with(no_parts)
    }

    /// The whole content.
    ///
    /// # Errors
    /// A block with `413` when the content is larger than the limit, and with `400` when it does not arrive whole.
    pub async fn body(&mut self) -> Result<Bytes, Block> {
        match mem::replace(&mut self.content, Content::Buffered(Bytes::new())) {
            Content::Buffered(bytes) => {
                self.content = Content::Buffered(bytes.clone());
                Ok(bytes)
            }
            Content::Unreadable(problem) => {
                self.content = Content::Unreadable(problem.clone());
                Err(Block::of_problem(problem))
            }
            Content::Streaming(body) => {
                // Should this future be dropped half-way, nobody may take what is left for the whole.
                self.content = Content::Unreadable(unreadable());
                let body = self.limited(body);
                match body.collect().await {
                    Ok(collected) => {
                        let bytes = collected.to_bytes();
                        self.content = Content::Buffered(bytes.clone());
                        Ok(bytes)
                    }
                    Err(error) => {
                        let problem = if exceeds_limit(&*error) { too_large() } else { unreadable() };
                        self.content = Content::Unreadable(problem.clone());
                        Err(Block::of_problem(problem))
                    }
                }
            }
        }
    }

    /// axum keeps its limit among the request's extensions and tells it to nobody; a body of unknown length that it
    /// has limited shows it.
    fn limited(&mut self, body: Body) -> Limited<Body> {
        let probe = Request::from_parts(self.take_parts(), Body::from_stream(Failing)).with_limited_body();
        let (parts, probe) = probe.into_parts();
        self.parts = Some(parts);
        let limit = probe.size_hint().upper().and_then(|limit| usize::try_from(limit).ok());
        Limited::new(body, limit.unwrap_or(BODY_MAX_BYTES))
    }

    /// Headers for whatever response follows: a pass, this shield's block or a later one's.
    ///
    /// ```
    /// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
    /// # struct Counts;
    /// # impl Shield for Counts {
    /// #     type Output = ();
    /// #     type Access = Protects;
    /// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Counts") }
    /// # }
    /// # impl<L: Sync, S: Sync> Check<L, S> for Counts {
    /// #     async fn check(&self, request: &mut ShieldContext, _: &L, _: &S) -> Verdict<()> {
    /// use axum::http::HeaderName;
    ///
    /// let left = HeaderName::from_static("x-calls-left");
    /// request.response_headers().insert(left, 41.into());
    /// #         Verdict::Pass(())
    /// #     }
    /// # }
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// let page = Stack::public("a page").shield(Counts).post(async || "done");
    /// let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
    /// service.post("/?page=2").header("x-trace", "7").await.status(200).header("x-calls-left", "41");
    /// # });
    /// ```
    pub fn response_headers(&mut self) -> ResponseHeaders {
        self.after.headers.get_or_insert_default().clone()
    }

    /// A copy of the request with all of its content, for an extractor that consumes it.
    pub(crate) async fn buffered_request(&mut self) -> Result<Request, Block> {
        let content = self.body().await?;
        Ok(Request::from_parts(self.parts().clone(), Body::from(content)))
    }

    /// The request itself. What remains is an empty one: only the last argument of a handler may do this.
    pub(crate) fn take_request(&mut self) -> Request {
        let body = match mem::replace(&mut self.content, Content::Buffered(Bytes::new())) {
            Content::Streaming(body) => body,
            Content::Buffered(bytes) => Body::from(bytes),
            // A stack stops when the content cannot be read, except in the second half of an `or`.
            Content::Unreadable(_) => Body::from_stream(Failing),
        };
        Request::from_parts(self.take_parts(), body)
    }

    /// What is left for the response; the request itself is dropped.
    pub(crate) fn into_after(self) -> After {
        self.after
    }

    fn take_parts(&mut self) -> Parts {
        self.parts.take().unwrap_or_else(no_parts)
    }

    pub(crate) fn memoized<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let (_, value) = self.memo.iter().find(|(id, _)| *id == TypeId::of::<T>())?;
        value.clone().downcast().ok()
    }

    pub(crate) fn memoize<T: Any + Send + Sync>(&mut self, value: Arc<T>) {
        self.memo.push((TypeId::of::<T>(), value));
    }
}

fn no_parts() -> Parts {
    Request::new(()).into_parts().0
}

fn exceeds_limit(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<LengthLimitError>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// A body that breaks off at once: what a handler gets when the content was lost on the way.
struct Failing;

impl futures_util::Stream for Failing {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(Some(Err(std::io::Error::other("the content could not be read to its end"))))
    }
}
