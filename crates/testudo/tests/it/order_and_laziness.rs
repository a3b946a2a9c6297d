//! B. Order, short-circuit, laziness: observed through the log of the test service.

use std::sync::{Arc, Mutex};

use axum::{body::Bytes, extract::State, http::HeaderMap};
use testudo::{Dependency, Depends, prelude::*};
use testudo_testkit::TestService;

use crate::fixture::{App, Counter, Log, User, api_token, noted, ok, start};

#[shield(name = "B", decides)]
fn b_unless_told_to_block(headers: HeaderMap, State(log): State<Log>) -> bool {
    log.note("B");
    !headers.contains_key("x-block")
}

async fn handler(State(log): State<Log>) {
    log.note("handler");
}

#[tokio::test]
async fn shields_run_in_order_and_stop_at_the_first_that_blocks() {
    let stack = Stack::new().shield(noted("A")).shield(b_unless_told_to_block).shield(noted("C"));
    let (service, app) = start(Router::new().route("/", stack.get(handler))).await;

    service.get("/").await.status(200);
    assert_eq!(app.log.take(), ["A", "B", "C", "handler"]);

    service.get("/").header("x-block", "1").await.status(403).problem().shield("B");
    assert_eq!(app.log.take(), ["A", "B"]);
}

/// Lets the first `n` requests through.
#[shield(name = "Limit", status = 429)]
fn limit(#[with] left: &Mutex<u32>) -> bool {
    let mut left = left.lock().unwrap();
    let passes = *left > 0;
    *left = left.saturating_sub(1);
    passes
}

#[tokio::test]
async fn a_limit_above_authentication_counts_failed_logins() {
    let stack = Stack::new().shield(limit(Mutex::new(2))).shield(api_token);
    let (service, _) = start(Router::new().route("/", stack.get(ok))).await;
    for status in [401, 401, 429] {
        service.get("/").header("x-api-token", "bad").await.status(status);
    }
    service.get("/").header("x-api-token", "user").await.status(429);
}

#[tokio::test]
async fn a_limit_below_authentication_is_not_consumed_by_failures() {
    let stack = Stack::new().shield(api_token).shield(limit(Mutex::new(1)));
    let (service, _) = start(Router::new().route("/", stack.get(ok))).await;
    for _ in 0..3 {
        service.get("/").header("x-api-token", "bad").await.status(401);
    }
    service.get("/").header("x-api-token", "user").await.status(200);
    service.get("/").header("x-api-token", "user").await.status(429);
}

/// Counts how often it is computed.
struct Orders(usize);

impl Dependency for Orders {
    type From = (Passed<User>, State<Counter>);
    type Error = Problem;

    async fn resolve((Passed(_), State(counter)): Self::From) -> Result<Self, Problem> {
        counter.add();
        Ok(Self(counter.get()))
    }
}

#[tokio::test]
async fn dependencies_wait_for_all_shields_and_are_computed_once_per_request() {
    async fn orders(orders: Depends<Orders>, _body: Bytes) -> String {
        orders.0.to_string()
    }
    let user = Stack::new().shield(api_token);
    let (service, app) = start(Router::new().route("/", user.post(orders))).await;

    service.post("/").header("x-api-token", "bad").await.status(401);
    assert_eq!(app.resolved.get(), 0);
    service.post("/").header("x-api-token", "user").await.status(200).text("1");
    assert_eq!(app.resolved.get(), 1);
    service.post("/").header("x-api-token", "user").await.status(200).text("2");
    assert_eq!(app.resolved.get(), 2);
}

#[shield(name = "Has Orders")]
fn has_orders(orders: Depends<Orders>) -> bool {
    orders.0 > 0
}

#[tokio::test]
async fn a_dependency_of_a_shield_and_two_arguments_is_computed_once() {
    async fn twice(first: Depends<Orders>, second: Depends<Orders>) -> String {
        format!("{} {}", first.0, second.0)
    }
    let user = Stack::new().shield(api_token).shield(has_orders);
    let (service, app) = start(Router::new().route("/", user.get(twice))).await;
    service.get("/").header("x-api-token", "user").await.status(200).text("1 1");
    assert_eq!(app.resolved.get(), 1);
}

/// The value of one header, by its type.
#[derive(Clone)]
struct Header<const N: usize>(String);

#[shield(name = format!("Header {N}"), decides, status = 401)]
fn header_n<const N: usize>(headers: HeaderMap) -> Option<Header<N>> {
    let value = headers.get(format!("x-header-{N}"))?;
    Some(Header(value.to_str().ok()?.to_owned()))
}

#[tokio::test]
async fn of_three_chained_shields_the_first_missing_header_decides() {
    async fn all(a: Passed<Header<1>>, b: Passed<Header<2>>, c: Passed<Header<3>>) -> String {
        format!("{}{}{}", a.0.0, b.0.0, c.0.0)
    }
    let stack = Stack::new().shield(header_n::<1>()).shield(header_n::<2>()).shield(header_n::<3>());
    let service = TestService::start(Router::<App>::new().route("/", stack.get(all)), App::default()).await;

    for (present, missing) in
        [(&[][..], "Header 1"), (&[1, 3], "Header 2"), (&[1, 2], "Header 3"), (&[3], "Header 1")]
    {
        let call =
            present.iter().fold(service.get("/"), |call, n| call.header(&format!("x-header-{n}"), "v"));
        call.await.status(401).problem().shield(missing);
    }
    let call = service.get("/").header("x-header-1", "a").header("x-header-2", "b").header("x-header-3", "c");
    call.await.status(200).text("abc");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_without_asking_a_shield() {
    let stack = Stack::new().shield(noted("asked")).shield(api_token);
    let (service, app) = start(Router::new().route("/known", stack.get(ok))).await;
    service.get("/unknown").await.status(404).problem().member("instance", "/unknown");
    let answer = service.post("/known").await;
    answer.status(405).header("allow", "GET,HEAD").problem();
    assert!(app.log.take().is_empty());
}

#[tokio::test]
async fn stacks_of_two_methods_on_one_path_do_not_influence_each_other() {
    let open = Stack::public("anybody may read").shield(noted("open"));
    let user = Stack::new().shield(noted("user")).shield(api_token);
    async fn change(_: Passed<User>) {}
    let (service, app) = start(Router::new().route("/", (open.get(ok), user.put(change)))).await;

    service.get("/").await.status(200);
    assert_eq!(app.log.take(), ["open"]);
    service.put("/").await.status(401);
    assert_eq!(app.log.take(), ["user"]);
    service.put("/").header("x-api-token", "user").await.status(200);
    assert_eq!(app.log.take(), ["user"]);
}

#[tokio::test]
async fn the_content_of_a_blocked_request_is_never_read() {
    struct Watched(Arc<Mutex<bool>>);
    impl Drop for Watched {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = true;
        }
    }
    let user = Stack::new().shield(api_token);
    async fn read(_: Passed<User>, body: Bytes) -> String {
        body.len().to_string()
    }
    let router = Router::new().route("/", user.post(read)).into_axum().with_state(App::default());
    let polled = Arc::new(Mutex::new(false));
    let dropped = Arc::new(Mutex::new(false));
    let (flag, watched) = (polled.clone(), Watched(dropped.clone()));
    let body = axum::body::Body::from_stream(futures_util::stream::once(async move {
        let _watched = watched;
        *flag.lock().unwrap() = true;
        Ok::<_, std::io::Error>(Bytes::from_static(b"content"))
    }));
    let request = axum::http::Request::post("/").body(body).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(response.status(), 401);
    assert!(*dropped.lock().unwrap() && !*polled.lock().unwrap());
}
