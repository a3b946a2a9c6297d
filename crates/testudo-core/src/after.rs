//! What happens to a response once the handler, or a refusal, has made it.

use std::{
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::shield::Panicked;

/// Header fields that a shield adds to whatever response follows, on a pass and on a block.
///
/// An argument of a shield function, or [`ShieldContext::response_headers`](crate::ShieldContext::response_headers).
/// Clones write to the same response. A field that frames the response (`Content-Length`, `Connection`, ..) is not
/// sent.
///
/// ```
/// use axum::http::{HeaderValue, header};
/// use testudo::{ResponseHeaders, prelude::*};
///
/// #[shield(protects)]
/// fn remember_visit(response: ResponseHeaders) -> bool {
///     response.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
///     response.append(header::SET_COOKIE, HeaderValue::from_static("visited=1; Secure; HttpOnly"));
///     true
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let page = Stack::public("a page").shield(remember_visit).get(async || "hello");
/// let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
/// let answer = service.get("/").await;
/// answer.status(200).header("cache-control", "no-store").header("set-cookie", "visited=1; Secure; HttpOnly");
/// # });
/// ```
#[derive(Debug, Clone, Default)]
pub struct ResponseHeaders(Arc<Mutex<Vec<(HeaderName, HeaderValue, Write)>>>);

#[derive(Debug, Clone, Copy)]
enum Write {
    Replace,
    Append,
}

impl ResponseHeaders {
    /// Sets a field, in place of what the handler or another shield set before.
    pub fn insert(&self, name: HeaderName, value: HeaderValue) {
        self.write(name, value, Write::Replace);
    }

    /// Adds a field value, beside those of the same name. Cookies are added this way.
    pub fn append(&self, name: HeaderName, value: HeaderValue) {
        self.write(name, value, Write::Append);
    }

    fn write(&self, name: HeaderName, value: HeaderValue, write: Write) {
        if is_framing(&name) {
            return;
        }
        // A panic while the lock was held cannot have left the list half-written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((name, value, write));
    }

    fn apply(&self, headers: &mut HeaderMap) {
        for (name, value, write) in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            match write {
                // `Set-Cookie` is the one field whose values cannot be told apart by name.
                Write::Replace if name != header::SET_COOKIE => {
                    headers.insert(name, value);
                }
                Write::Replace | Write::Append => {
                    headers.append(name, value);
                }
            }
        }
    }
}

/// Fields that say how a message is framed and how its connection is used (RFC 9110, section 7.6.1; RFC 9112, section
/// 6): the server's own, and never a shield's.
pub(crate) fn is_framing(name: &HeaderName) -> bool {
    const FRAMING: [HeaderName; 6] = [
        header::CONTENT_LENGTH,
        header::TRANSFER_ENCODING,
        header::CONNECTION,
        header::UPGRADE,
        header::TRAILER,
        header::TE,
    ];
    FRAMING.contains(name)
}

/// What a request leaves behind for its response.
#[derive(Debug, Default)]
pub(crate) struct After {
    pub(crate) headers: Option<ResponseHeaders>,
    pub(crate) clean_ups: CleanUps,
}

impl After {
    pub(crate) fn apply(self, response: &mut Response) {
        if let Some(headers) = self.headers {
            headers.apply(response.headers_mut());
        }
        if !self.clean_ups.0.is_empty() {
            let body = std::mem::take(response.body_mut());
            *response.body_mut() = Body::new(CleanUpBody { body, clean_ups: self.clean_ups });
        }
    }
}

type BoxFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Work to do when the response is gone: sent to its end, or given up, or never made because of a panic. Whoever
/// drops it starts it, last dependency first.
#[derive(Default)]
pub(crate) struct CleanUps(Vec<BoxFuture>);

impl CleanUps {
    pub(crate) fn push(&mut self, clean_up: impl Future<Output = ()> + Send + 'static) {
        self.0.push(Box::pin(clean_up));
    }
}

impl fmt::Debug for CleanUps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CleanUps({})", self.0.len())
    }
}

impl Drop for CleanUps {
    fn drop(&mut self) {
        if self.0.is_empty() {
            return;
        }
        let clean_ups = std::mem::take(&mut self.0);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    for clean_up in clean_ups.into_iter().rev() {
                        // One that panics does not take the others with it.
                        if let Err(panic) = AssertUnwindSafe(clean_up).catch_unwind().await {
                            tracing::error!(
                                target: "testudo::problem::panic",
                                error = %Panicked::new(&*panic),
                                "a clean-up failed"
                            );
                        }
                    }
                });
            }
            Err(_) => {
                tracing::error!(count = clean_ups.len(), "clean-ups were lost: the runtime is gone");
            }
        }
    }
}

/// A response body that holds the clean-ups until it is dropped.
struct CleanUpBody {
    body: Body,
    clean_ups: CleanUps,
}

impl HttpBody for CleanUpBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() {
            drop(std::mem::take(&mut self.clean_ups));
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
