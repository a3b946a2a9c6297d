//! The outermost edge: whatever panics inside, a client gets a problem.

use std::{any::Any, panic::AssertUnwindSafe};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use testudo_core::Problem;
use tower_service::Service;

/// Lets `router` answer. Routes have a boundary of their own; this one is for the layers round them.
pub(crate) async fn answer(mut router: axum::Router, request: Request) -> Response {
    let uri = request.uri().clone();
    let answer = AssertUnwindSafe(async move { router.call(request).await });
    match answer.catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(panic) => panicked(&*panic, uri.path()),
    }
}

fn panicked(panic: &(dyn Any + Send), path: &str) -> Response {
    let problem = Problem::internal(panic_message(panic)).instance(path);
    tracing::event!(
        target: "testudo::problem",
        tracing::Level::ERROR,
        http.response.status_code = problem.status().as_u16(),
        url.path = path,
        error = panic_message(panic),
        "a layer round the routes panicked"
    );
    problem.into_response()
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without a message")
}

#[cfg(test)]
mod tests {
    use axum::{
        body::Body,
        middleware::{Next, from_fn},
    };
    use testudo_core::{Router, Stack};

    use super::*;

    #[tokio::test]
    async fn a_panicking_layer_ends_as_a_problem_that_keeps_its_words_to_itself() {
        async fn hello() -> &'static str {
            "hello"
        }
        let open = Stack::public("it is a test");
        let router = Router::new().route("/hello", open.get(hello)).into_axum();
        let router = router.layer(from_fn(async |_: Request, _: Next| -> Response { panic!("a secret") }));
        let request = Request::builder().uri("/hello?q=1").body(Body::empty()).unwrap();

        let response = answer(router, request).await;

        assert_eq!(response.status(), 500);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), 1_000).await.unwrap();
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains("\"instance\":\"/hello\""), "{body}");
        assert!(!body.contains("secret"), "{body}");
    }
}
