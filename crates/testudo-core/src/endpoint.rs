//! A stack and a handler, joined and erased: all that axum sees of them.

use std::{
    any::Any,
    fmt::{self, Write},
    future::Future,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::{OriginalUri, Request},
    handler::Handler,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery};

use crate::{
    argument::HandlerArguments,
    context::ShieldContext,
    handler::HandlerFn,
    hooks::{Hooks, HooksCell},
    problem::{PROBLEM_JSON, Problem, RETRY_AFTER_SECONDS},
    refusal::Refusal,
    request::RequestInfo,
    shield::{Fail, Panicked},
    stack::{self, Run},
};

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

trait Endpoint<S>: Send + Sync {
    fn call(
        self: Arc<Self>,
        request: Request,
        state: S,
        hooks: Option<Arc<Hooks>>,
        info: Option<RequestInfo>,
    ) -> BoxFuture<'static, Response>;
}

/// A handler behind a stack that passes `L`.
struct Shielded<S, L, F, Args, M> {
    run: Arc<dyn Run<S, L>>,
    handler: F,
    found: PhantomData<fn() -> (Args, M)>,
}

impl<S, L, F, Args, M> Endpoint<S> for Shielded<S, L, F, Args, M>
where
    S: Send + Sync + 'static,
    L: Send + Sync + 'static,
    F: HandlerFn<Args>,
    F::Future: Send,
    F::Output: IntoResponse,
    Args: HandlerArguments<L, S, M> + 'static,
    M: 'static,
{
    fn call(
        self: Arc<Self>,
        request: Request,
        state: S,
        hooks: Option<Arc<Hooks>>,
        info: Option<RequestInfo>,
    ) -> BoxFuture<'static, Response> {
        // In a box of its own: the future stays small, and with it what is copied and allocated for each request.
        let mut context = Box::new(ShieldContext::new(request, hooks, info));
        Box::pin(async move {
            // Nothing of the handler is touched before all shields have passed.
            let passed = match stack::run(&*self.run, &mut context, &state).await {
                Ok(passed) => passed,
                Err(refusal) => return refuse(*context, refusal),
            };
            let arguments = match Args::from_request(&mut context, &passed, &state).await {
                Ok(arguments) => arguments,
                Err(refusal) => return refuse(*context, refusal),
            };
            drop(passed);
            let after = context.into_after();
            let response = {
                // Where it lies, and not passed on by value: a future takes its room once.
                let answer = pin!(async { self.handler.call(arguments).await.into_response() });
                AssertUnwindSafe(answer).catch_unwind().await
            };
            // Here, and not only at the boundary: what shields add to the response belongs to this one, too.
            let mut response = response.unwrap_or_else(|panic| panicked(&*panic));
            after.apply(&mut response);
            response
        })
    }
}

pub(crate) fn refuse(mut context: ShieldContext, refusal: Refusal) -> Response {
    let mut response = refusal.into_response(context.parts_mut());
    context.into_after().apply(&mut response);
    response
}

/// What a stack made of a handler.
pub(crate) struct Guarded<S> {
    endpoint: Arc<dyn Endpoint<S>>,
    hooks: HooksCell,
}

impl<S> Clone for Guarded<S> {
    fn clone(&self) -> Self {
        Self { endpoint: self.endpoint.clone(), hooks: self.hooks.clone() }
    }
}

impl<S: Send + Sync + 'static> Guarded<S> {
    pub(crate) fn new<L, F, Args, M>(run: Arc<dyn Run<S, L>>, handler: F) -> Self
    where
        L: Send + Sync + 'static,
        F: HandlerFn<Args>,
        F::Future: Send,
        F::Output: IntoResponse,
        Args: HandlerArguments<L, S, M> + 'static,
        M: 'static,
    {
        Self {
            endpoint: Arc::new(Shielded { run, handler, found: PhantomData::<fn() -> (Args, M)> }),
            hooks: HooksCell::default(),
        }
    }

    pub(crate) fn hooks(&self) -> &HooksCell {
        &self.hooks
    }
}

/// Keeps [`Handler`]'s implementations apart.
pub(crate) enum ByStack {}

impl<S: Send + Sync + 'static> Handler<ByStack, S> for Guarded<S> {
    type Future = Boundary;

    fn call(self, request: Request, state: S) -> Boundary {
        let hooks = self.hooks.get().cloned();
        let asked = Asked { hooks: hooks.clone(), ..Asked::of(&request) };
        let answer = self.endpoint.call(request, state, hooks, asked.info.clone());
        Boundary { answer, asked }
    }
}

/// The edge of a route: a panic becomes a problem, a problem learns where it happened, and a cause is logged once.
pub(crate) struct Boundary {
    answer: BoxFuture<'static, Response>,
    asked: Asked,
}

impl Future for Boundary {
    type Output = Response;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let answer = &mut self.answer;
        let response = match catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx))) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(response)) => response,
            Err(panic) => panicked(&*panic),
        };
        Poll::Ready(self.asked.complete(response))
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Response {
    Problem::internal(Panicked::new(panic)).into_response()
}

/// What the client asked for: nested routers see a shorter path.
pub(crate) fn target(request: &Request) -> &Uri {
    request.extensions().get::<OriginalUri>().map_or_else(|| request.uri(), |original| &original.0)
}

/// What is left to know of a request once it has been answered.
pub(crate) struct Asked {
    method: Method,
    target: Option<PathAndQuery>,
    pub(crate) info: Option<RequestInfo>,
    hooks: Option<Arc<Hooks>>,
}

impl Asked {
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            method: request.method().clone(),
            target: target(request).path_and_query().cloned(),
            info: RequestInfo::of(request.extensions()),
            hooks: None,
        }
    }

    /// Fills in what only the route knows, and logs the cause of a failure: once, here.
    pub(crate) fn complete(&self, mut response: Response) -> Response {
        let Some(mut problem) = response.extensions_mut().remove::<Problem>() else { return response };
        if self.is_unavailable(&problem) {
            problem = problem.with_status(StatusCode::SERVICE_UNAVAILABLE);
            *response.status_mut() = problem.status();
            let seconds = HeaderValue::from(RETRY_AFTER_SECONDS);
            response.headers_mut().entry(header::RETRY_AFTER).or_insert(seconds);
        }
        let path = self.target.as_ref().map_or("*", PathAndQuery::path);
        if problem.take_unlogged() {
            self.log(&problem, path);
        }
        // What the author has made of the response since stays as it is.
        let untouched = response.headers().get(header::CONTENT_TYPE) == Some(&PROBLEM_JSON)
            && !response.headers().contains_key(header::CONTENT_LENGTH);
        let id = self.info.as_ref().map(RequestInfo::id);
        let complete =
            problem.has_instance() && problem.status() == response.status() && problem.has_request_id(id);
        if untouched && !complete {
            problem = problem.with_status(response.status()).with_request_id(id);
            if !problem.has_instance() {
                problem = problem.instance(uri_reference(path));
            }
            *response.body_mut() = axum::body::Body::from(problem.body());
        }
        response.extensions_mut().insert(problem);
        response
    }

    /// A fault of ours may turn out to be an outage of something else.
    fn is_unavailable(&self, problem: &Problem) -> bool {
        let Some(hooks) = self.hooks.as_ref().filter(|hooks| !hooks.unavailable.is_empty()) else {
            return false;
        };
        let Some(cause) = problem.cause() else { return false };
        problem.status() == StatusCode::INTERNAL_SERVER_ERROR && hooks.unavailable.iter().any(|is| is(cause))
    }

    fn log(&self, problem: &Problem, path: &str) {
        let Some(cause) = problem.cause() else { return };
        // A target is part of the place in the code, so each has its own.
        macro_rules! log {
            ($target:literal) => {
                // Without the query, which may hold a secret.
                tracing::event!(
                    target: $target,
                    tracing::Level::ERROR,
                    http.request.method = self.method.as_str(),
                    url.path = path,
                    http.response.status_code = problem.status().as_u16(),
                    shield.name = cause.downcast_ref::<Fail>().and_then(Fail::shield),
                    error = %ErrorChain(cause),
                    "the request could not be served"
                )
            };
        }
        if Panicked::is_cause(cause) {
            // Apart from the others: a process that logs panics as they happen has said it, with the place.
            log!("testudo::problem::panic");
        } else {
            log!("testudo::problem");
        }
    }
}

/// A path as a URI reference (RFC 3986, section 4.2): nothing in it may be taken for a host, or has to be escaped.
pub(crate) fn uri_reference(path: &str) -> String {
    let mut reference = String::with_capacity(path.len());
    for (index, byte) in path.bytes().enumerate() {
        let looks_like_a_host = index == 1 && byte == b'/';
        let allowed = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte);
        if allowed && !looks_like_a_host {
            reference.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(reference, "%{byte:02X}");
        }
    }
    reference
}

/// An error and everything that led to it, in one line: what a client has sent cannot begin another.
pub(crate) struct ErrorChain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl fmt::Display for ErrorChain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = Some(self.0);
        let mut first = true;
        while let Some(error) = next {
            if !first {
                f.write_str(": ")?;
            }
            first = false;
            for c in error.to_string().chars() {
                if c.is_control() { write!(f, "{}", c.escape_default())? } else { f.write_char(c)? }
            }
            next = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_a_uri_reference_whatever_was_asked_for() {
        for (path, expected) in [
            ("/products/7", "/products/7"),
            ("/a%20b", "/a%20b"),
            ("//evil.example/x", "/%2Fevil.example/x"),
            ("/{\"}", "/%7B%22%7D"),
            ("/\u{e9}", "/%C3%A9"),
        ] {
            assert_eq!(uri_reference(path), expected, "{path}");
        }
    }

    #[test]
    fn a_cause_is_one_line() {
        let error = std::io::Error::other("one\ntwo");
        assert_eq!(ErrorChain(&error).to_string(), "one\\ntwo");
    }
}
