//! Shields in routers that Testudo does not own, and the way out.

use axum::{
    Extension, Json,
    extract::State,
    http::HeaderValue,
    routing::{get, post},
};
use serde_json::{Value, json};
use testudo::{ResponseHeaders, Shielded, prelude::*, wiring::ShieldTuple};
use testudo_testkit::{Events, TestService};

use crate::fixture::{Admin, App, Counter, User, api_token, is_admin, noted, ok};

#[shield(name = "Marked")]
fn marked(response: ResponseHeaders) -> bool {
    response.insert(axum::http::HeaderName::from_static("x-marked"), HeaderValue::from_static("1"));
    true
}

#[tokio::test]
async fn a_stack_is_a_layer_for_routes_of_an_axum_application() {
    async fn me(Extension(user): Extension<User>, Extension(_): Extension<Admin>) -> String {
        user.name
    }
    let app = App::default();
    let events = Events::default();
    let admin = Stack::new().shield(marked).shield(noted("layer")).shield(api_token).shield(is_admin);
    let admin = admin.into_layer(app.clone()).on_shield(events.clone());
    let router = axum::Router::new().route("/me", get(me).layer(admin)).route("/open", get(ok));
    let service = TestService::serve(router).await;

    service.get("/open").await.status(200);
    assert!(app.log.take().is_empty());
    let blocked = service.get("/me").header("x-api-token", "user").await;
    blocked.status(403).header("x-marked", "1").problem().shield("Admin").member("instance", "/me");
    assert_eq!(events.lines(), ["Marked: success", "Noted: success", "API Token: success", "Admin: blocked"]);
    service.get("/me").header("x-api-token", "admin").await.status(200).text("ann").header("x-marked", "1");
    assert_eq!(app.log.take(), ["layer", "layer"]);
}

#[tokio::test]
async fn shields_are_an_extractor_for_handlers_of_a_foreign_router() {
    type Checked = (api_token, is_admin);
    async fn create(
        Shielded((user, _admin), (State(counter), Json(body))): Shielded<
            Checked,
            (State<Counter>, Json<Value>),
        >,
    ) -> String {
        counter.add();
        format!("{} {body}", user.name)
    }
    async fn me(Shielded((user,), ()): Shielded<(api_token,)>) -> String {
        user.name
    }
    fn passes<T: ShieldTuple<Passed = (User, Admin)>>() {}
    passes::<Checked>();

    let app = App::default();
    let router = axum::Router::new().route("/", post(create)).route("/me", get(me)).with_state(app.clone());
    let service = TestService::serve(router).await;
    service.post("/").body("{").await.status(401).problem().shield("API Token").member("instance", "/");
    service.post("/").header("x-api-token", "user").body("{").await.status(403).problem().shield("Admin");
    assert_eq!(app.resolved.get(), 0);
    let call = service.post("/").header("x-api-token", "admin").json(&json!({ "a": 1 }));
    call.await.status(200).text("ann {\"a\":1}");
    assert_eq!(app.resolved.get(), 1);
    service.get("/me").header("x-api-token", "user").await.status(200).text("bob");
}

#[tokio::test]
async fn a_foreign_router_is_mounted_by_name_and_listed_as_unaudited() {
    let legacy = axum::Router::new().route("/old", get(async |State(_): State<App>| "old"));
    let user = Stack::new().shield(api_token);
    let router = Router::new().route("/", user.get(ok)).nest_unaudited("/legacy", legacy, "not moved yet");
    let table = router.access_matrix().to_string();
    assert!(table.contains("UNAUDITED: not moved yet"), "{table}");
    let service = TestService::start(router, App::default()).await;
    service.get("/legacy/old").await.status(200).text("old");
    service.get("/legacy/unknown").await.status(404).problem();
}

#[tokio::test]
async fn a_router_becomes_axums_own() {
    let user = Stack::new().shield(api_token);
    let router = Router::new().route("/", user.get(ok)).into_axum().route("/more", get(ok));
    let service = TestService::serve(router.with_state(App::default())).await;
    service.get("/").await.status(401);
    service.get("/more").await.status(200);
}
