//! Routers: what they take, how they compose, and what they say about themselves.

use axum::{
    extract::{FromRef, State},
    http::{HeaderName, HeaderValue},
};
use serde_json::json;
use testudo::{Dependency, Depends, Rule, prelude::*};
use testudo_testkit::TestService;

use crate::fixture::{Admin, App, User, api_token, is_admin, ok, start};

async fn change(_: Passed<User>) -> &'static str {
    "changed"
}

#[tokio::test]
async fn every_method_is_served_and_any_takes_the_rest() {
    let user = Stack::new().shield(api_token);
    let router = Router::new()
        .route("/safe", user.get(ok).options(ok).trace(ok))
        .route("/unsafe", user.post(change).put(change).patch(change).delete(change))
        .route("/any", (Stack::public("a page").get(ok), user.any(change)));
    let (service, _) = start(router).await;
    for (method, path) in [
        ("GET", "/safe"),
        ("HEAD", "/safe"),
        ("OPTIONS", "/safe"),
        ("TRACE", "/safe"),
        ("POST", "/unsafe"),
        ("PUT", "/unsafe"),
        ("PATCH", "/unsafe"),
        ("DELETE", "/unsafe"),
        ("DELETE", "/any"),
        ("PURGE", "/any"),
    ] {
        let method = axum::http::Method::from_bytes(method.as_bytes()).unwrap();
        service.call(method.clone(), path).await.status(401);
        service.call(method, path).header("x-api-token", "user").await.status(200);
    }
    service.get("/any").await.status(200);
}

#[tokio::test]
async fn routers_nest_merge_and_fall_back() {
    let open = Stack::public("a page");
    let user = Stack::new().shield(api_token);
    let inner = Router::new().route("/", user.get(ok)).route("/{id}", user.get(ok));
    let side = Router::new().route("/side", open.get(ok));
    let router = Router::new().nest("/api", inner).merge(side).fallback(open.fallback(async || "lost"));
    let rows: Vec<_> = router
        .access_matrix()
        .routes()
        .iter()
        .map(|row| format!("{} {}", row.method(), row.path()))
        .collect();
    assert_eq!(rows, ["GET /api", "GET /api/{id}", "GET /side", "ANY /{*}"]);
    let (service, _) = start(router).await;
    service.get("/api").await.status(401);
    service.get("/api/7").await.status(401).problem().member("instance", "/api/7");
    service.get("/api/7").header("x-api-token", "user").await.status(200);
    service.get("/side").await.status(200);
    service.get("/elsewhere").await.status(200).text("lost");
    service.post("/side").await.status(405).header("allow", "GET,HEAD").problem();
}

#[tokio::test]
async fn a_fallback_is_decided_like_any_route() {
    let user = Stack::new().shield(api_token);
    let (service, _) = start(Router::new().fallback(user.fallback(change))).await;
    service.get("/anything").await.status(401);
    service.post("/anything").header("x-api-token", "user").await.status(200).text("changed");
}

#[tokio::test]
async fn layers_wrap_what_was_added_before_them() {
    let open = Stack::public("a page");
    let header = |value| {
        axum::middleware::map_response(move |mut response: axum::response::Response| {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-layer"), HeaderValue::from_static(value));
            std::future::ready(response)
        })
    };
    let router = Router::new()
        .route("/inside", open.get(ok))
        .layer(header("layer"))
        .route("/routed", open.get(ok))
        .route_layer(header("route layer"))
        .route("/outside", open.get(ok));
    let (service, _) = start(router).await;
    service.get("/inside").await.header("x-layer", "route layer");
    service.get("/routed").await.header("x-layer", "route layer");
    service.get("/outside").await.no_header("x-layer");
}

#[tokio::test]
async fn sub_states_and_states_of_parts_are_handed_to_their_routes() {
    #[derive(Clone)]
    struct Name(&'static str);
    #[derive(Clone)]
    struct Whole(Name);
    impl FromRef<Whole> for Name {
        fn from_ref(whole: &Whole) -> Self {
            whole.0.clone()
        }
    }
    async fn name(State(name): State<Name>) -> &'static str {
        name.0
    }
    let part: Router<Whole> =
        Router::new().route("/own", Stack::<Name>::public("a page").get(name)).with_state(Name("own"));
    let router = Router::new().route("/whole", Stack::<Whole>::public("a page").get(name)).merge(part);
    let service = TestService::start(router, Whole(Name("whole"))).await;
    service.get("/own").await.text("own");
    service.get("/whole").await.text("whole");
}

#[test]
fn registrations_that_cannot_stand_are_reported_at_once() {
    #[shield(decides)]
    fn other_user() -> Option<User> {
        None
    }
    let open = || Stack::<App>::public("a page");
    let user = Stack::new().shield(api_token);
    let twice = user.shield(other_user);
    let nested = Router::new().route("/x", open().get(ok));
    let router = Router::new()
        .route("/a", open().get(ok).get(ok))
        .route("/a", user.get(ok))
        .route("/b/{id}", open().get(ok))
        .route("/b/{name}", open().get(ok))
        .route("c", open().get(ok))
        .route("/blank", Stack::public(" ").get(ok))
        .route("/unproven", user.post(unproven("", ok)))
        .route("/twice", twice.get(ok))
        .route("/n/x", open().get(ok))
        .nest("/n", nested)
        .nest_unaudited("/b", axum::Router::new().route("/{id}", axum::routing::get(ok)), "legacy")
        .fallback(open().fallback(ok))
        .fallback(open().fallback(ok));
    let errors = router.try_into_axum().unwrap_err();
    let lines: Vec<String> = errors.errors().iter().map(ToString::to_string).collect();
    for (index, expected) in [
        "GET /a: registered twice",
        "GET /a: registered twice",
        "/b/{name}: conflicts with /b/{id}",
        "\"c\" is not a path: it has to start with `/`",
        "GET /blank: the reason is blank",
        "POST /unproven: the reason is blank",
        "GET /twice: two shields pass a User",
        "GET /n/x: registered twice",
        "/b: the router cannot be mounted",
        "two fallbacks",
    ]
    .iter()
    .enumerate()
    {
        assert!(lines[index].contains(expected), "{expected:?} is not {:?}", lines[index]);
    }
    assert_eq!(lines.len(), 10, "{lines:#?}");
}

#[test]
fn what_axum_would_panic_about_or_forget_is_an_error_too() {
    let open = || Stack::<App>::public("a page");
    let legacy = || axum::Router::new().route("/x", axum::routing::get(ok));
    let unaudited = || Router::<App>::new().nest_unaudited("/u", legacy(), "legacy");
    let with_fallback = || Router::new().fallback(open().fallback(ok));
    let cases: [(&str, Router<App>, &str); 8] = [
        ("a route in an unaudited one", unaudited().route("/u/x", open().get(ok)), "/u/x: the router cannot"),
        (
            "a router over an unaudited one",
            unaudited().nest("/u", Router::new().route("/x", open().get(ok))),
            "/u: the router cannot",
        ),
        (
            "a merged unaudited one",
            Router::new().route("/u/x", open().get(ok)).merge(unaudited()),
            "/: the router cannot",
        ),
        (
            "two fallbacks below one path",
            Router::new().nest("/a", with_fallback()).nest("/a", with_fallback()),
            "/a: the router cannot",
        ),
        (
            "a fallback two routers down",
            Router::new().nest("/v1", Router::new().nest("/api", with_fallback())),
            "/v1: a fallback further down would not be reached",
        ),
        (
            "a layer before any route",
            Router::new().route_layer(axum::Extension(1)).route("/", open().get(ok)),
            "would guard nothing",
        ),
        (
            "a slash that is there",
            Router::new()
                .route("/api/", open().get(ok))
                .nest("/api/", Router::new().route("/", open().get(ok))),
            "GET /api/: registered twice",
        ),
        (
            "nothing at all",
            Router::new()
                .route("/api", open().get(ok))
                .nest("/api/", Router::new().route("/", open().get(ok))),
            "",
        ),
    ];
    for (name, router, expected) in cases {
        match router.check() {
            Ok(()) => assert_eq!(expected, "", "{name}"),
            Err(errors) => {
                assert!(!expected.is_empty() && errors.to_string().contains(expected), "{name}: {errors}");
            }
        }
    }
}

/// What only an administrator may have.
struct Ledger;

impl Dependency for Ledger {
    type From = (Passed<Admin>, State<App>);
    type Error = Problem;

    async fn resolve((Passed(_), State(_)): Self::From) -> Result<Self, Problem> {
        Ok(Self)
    }
}

#[test]
fn the_access_matrix_says_who_may_call_what_and_what_handlers_demand() {
    let open = Stack::public("anybody may read");
    let user = Stack::new().shield(api_token);
    let admin = user.shield(is_admin);
    let router: Router<App> = Router::new()
        .route("/", (open.get(ok), admin.post(async |_: Depends<Ledger>, _: Passed<User>, _: String| ())))
        .route("/me", user.get(ok))
        .route("/logout", user.post(unproven("it only ends the caller's session", ok)));
    let expected = "\
METHOD  PATH     WHO MAY CALL IT           THE HANDLER DEMANDS
GET     /        public: anybody may read  nothing
POST    /        API Token > Admin         Admin, User
GET     /me      API Token                 nothing
POST    /logout  API Token                 UNPROVEN: it only ends the caller's session
";
    assert_eq!(router.access_matrix().to_string(), expected);

    let route = &router.access_matrix().routes()[1];
    assert_eq!(route.rule(), Rule::Shielded);
    assert_eq!(route.arguments()[2].ty.id(), std::any::TypeId::of::<String>());
    assert_eq!(route.output().unwrap().id(), std::any::TypeId::of::<()>());
    let data = serde_json::to_value(router.access_matrix()).unwrap();
    assert_eq!(data[0]["access"], "public");
    assert_eq!(data[0]["reason"], "anybody may read");
    assert_eq!(data[1]["shields"][1], json!({ "name": "Admin", "decides": true, "passes": "Admin" }));
    assert_eq!(data[1]["arguments"][0]["source"]["depends"][0]["type"], "Admin");
    assert_eq!(data[3]["unproven"], "it only ends the caller's session");
}

#[test]
#[should_panic(expected = "GET /a: registered twice")]
fn into_axum_panics_with_every_registration_that_cannot_stand() {
    let open = Stack::public("a page");
    let _: axum::Router<App> = Router::new().route("/a", open.get(ok).get(ok)).into_axum();
}
