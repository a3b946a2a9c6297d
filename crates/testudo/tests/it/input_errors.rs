//! C. Input errors and their precedence.

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query},
    http::HeaderMap,
};
use garde::Validate;
use serde::Deserialize;
use testudo::{FieldError, Place, prelude::*};
use testudo_testkit::{Call, TestService};

use crate::fixture::{User, api_token, start};

#[derive(Deserialize, Validate)]
struct NewProduct {
    #[garde(length(chars, min = 1, max = 20))]
    name: String,
    #[garde(range(min = 0.0))]
    price: f64,
}

#[derive(Deserialize)]
struct Filter {
    #[serde(default)]
    page: u32,
}

async fn create(
    _: Passed<User>,
    Path(id): Path<u32>,
    Query(filter): Query<Filter>,
    Json(product): Json<NewProduct>,
) -> String {
    format!("{id} {} {} {}", filter.page, product.name, product.price)
}

async fn create_valid(_: Passed<User>, Valid(Json(product)): Valid<Json<NewProduct>>) -> String {
    product.name
}

/// Refuses what it reads only when it is told to.
#[shield(name = "Body Reader")]
fn body_reader(body: Bytes) -> bool {
    !body.starts_with(b"blocked")
}

async fn service() -> TestService {
    let user = Stack::new().shield(api_token);
    let reading = user.shield(body_reader);
    let router = Router::new()
        .route("/products/{id}", user.post(create))
        .route("/valid", user.post(create_valid))
        .route("/read/{id}", reading.post(create))
        .layer(DefaultBodyLimit::max(100));
    start(router).await.0
}

fn user(call: Call) -> Call {
    call.header("x-api-token", "user").header("content-type", "application/json")
}

const GOOD: &str = r#"{"name":"tea","price":2.5}"#;

#[tokio::test]
async fn a_missing_credential_is_401_and_never_422() {
    service()
        .await
        .post("/products/1")
        .await
        .status(401)
        .header("www-authenticate", "Shield realm=\"API Token\"");
}

#[tokio::test]
async fn a_missing_header_that_is_no_credential_is_422_and_named() {
    #[shield(name = "Tenant")]
    fn tenant_header(headers: HeaderMap) -> Result<Option<String>, Block> {
        let tenant = headers.get("x-tenant").ok_or_else(|| Block::missing_header("x-tenant"))?;
        Ok(tenant.to_str().ok().map(str::to_owned))
    }
    let stack = Stack::public("to see the error").shield(tenant_header);
    let (service, _) = start(Router::new().route("/", stack.get(crate::fixture::ok))).await;
    service.get("/").await.status(422).problem().error_in("header", "x-tenant");
    service.get("/").header("x-tenant", "t1").await.status(200);
}

#[tokio::test]
async fn the_shield_comes_before_every_bad_input() {
    let answer = service().await.post("/products/%FF?page=x").header("x-api-token", "bad").body("{").await;
    answer.status(401).problem().shield("API Token");
}

#[tokio::test]
async fn bad_path_and_query_are_400_undecodable_or_422_unfitting_and_named() {
    let service = service().await;
    for (path, status, place, name) in [
        ("/products/%FF", 400, "path", "id"),
        ("/products/abc", 422, "path", "id"),
        ("/products/-1", 422, "path", "id"),
        ("/products/1?page=%FF", 400, "query", ""),
        ("/products/1?page=%zz", 400, "query", ""),
        ("/products/1?page=x", 422, "query", "page"),
        ("/products/1?page=-5", 422, "query", "page"),
    ] {
        let answer = user(service.post(path)).body(GOOD).await;
        answer.status(status).problem().error_in(place, name);
    }
    user(service.post("/products/7?page=2")).body(GOOD).await.status(200).text("7 2 tea 2.5");
}

#[tokio::test]
async fn bad_json_is_told_apart_and_located() {
    let service = service().await;
    for path in ["/products/1", "/read/1"] {
        let answer = user(service.post(path)).body("{\"name\":\n oops}").await;
        let problem = answer.status(400).problem();
        assert_eq!(
            (&problem.body()["errors"][0]["line"], &problem.body()["errors"][0]["column"]),
            (&2.into(), &2.into())
        );

        let answer = user(service.post(path)).body(r#"{"name":"tea","price":"dear"}"#).await;
        let problem = answer.status(422).problem();
        problem.error_in("body", "price");
        assert_eq!(problem.body()["errors"][0]["pointer"], "#/price");

        let answer = user(service.post(path)).body(r#"{"name":"tea"}"#).await;
        answer.status(422).problem().error_in("body", "price").detail("`price` does not fit: is missing");

        let answer = service
            .post(path)
            .header("x-api-token", "user")
            .header("content-type", "text/plain")
            .body(GOOD)
            .await;
        answer.status(415).problem();
        service.post(path).header("x-api-token", "user").body(GOOD).await.status(415).problem();

        let long = format!(r#"{{"name":"{}","price":1}}"#, "x".repeat(100));
        user(service.post(path)).body(long).await.status(413).problem();

        user(service.post(path)).body(format!("{GOOD} x")).await.status(400).problem();
        user(service.post(path)).body("").await.status(400).problem();
    }
}

#[tokio::test]
async fn a_vendor_json_type_is_json() {
    let service = service().await;
    let call = service.post("/products/1").header("x-api-token", "user");
    call.header("content-type", "application/vnd.api+json").body(GOOD).await.status(200);
}

#[tokio::test]
async fn broken_rules_are_422_with_a_pointer_each() {
    let service = service().await;
    let problem = user(service.post("/valid")).body(r#"{"name":"","price":-1}"#).await.status(422).problem();
    problem.error_in("body", "name").error_in("body", "price");
    assert_eq!(problem.body()["errors"].as_array().unwrap().len(), 2);
    user(service.post("/valid")).body(GOOD).await.status(200).text("tea");
    user(service.post("/valid")).body("{").await.status(400);
}

/// Page number and size, normalised.
#[derive(Clone)]
struct Paging {
    page: u32,
    per_page: u32,
}

#[derive(Deserialize)]
struct RawPaging {
    page: Option<i64>,
    per_page: Option<u32>,
}

#[shield(name = "Paging")]
fn paging(Query(raw): Query<RawPaging>) -> Result<Option<Paging>, Block> {
    let per_page = raw.per_page.unwrap_or(20);
    if per_page > 100 {
        return Err(Block::unprocessable(Place::Query, "per_page", "must be at most 100"));
    }
    let page = u32::try_from(raw.page.unwrap_or(1).max(1)).unwrap_or(u32::MAX);
    Ok(Some(Paging { page, per_page }))
}

#[tokio::test]
async fn a_shield_may_refuse_or_normalise_what_it_reads() {
    async fn list(Passed(paging): Passed<Paging>) -> String {
        format!("{} {}", paging.page, paging.per_page)
    }
    let stack = Stack::public("the list is public").shield(paging);
    let (service, _) = start(Router::new().route("/", stack.get(list))).await;
    service.get("/?per_page=200").await.status(422).problem().error_in("query", "per_page");
    service.get("/?page=-5").await.status(200).text("1 20");
    service.get("/?page=3&per_page=100").await.status(200).text("3 100");
    service.get("/?page=x").await.status(422).problem().error_in("query", "page").shield("Paging");
}

#[tokio::test]
async fn rejections_of_foreign_extractors_are_problems_unless_they_have_a_form_of_their_own() {
    use axum::{extract::FromRequestParts, http::StatusCode, http::request::Parts, response::IntoResponse};
    struct Plain;
    impl<S: Sync> FromRequestParts<S> for Plain {
        type Rejection = (StatusCode, [(&'static str, &'static str); 1], &'static str);
        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            Err((StatusCode::CONFLICT, [("x-own", "kept")], "not now"))
        }
    }
    struct Formed;
    impl<S: Sync> FromRequestParts<S> for Formed {
        type Rejection = axum::response::Response;
        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
            Err((StatusCode::CONFLICT, axum::response::Html("<p>not now</p>")).into_response())
        }
    }
    struct Own;
    impl<S: Sync> FromRequestParts<S> for Own {
        type Rejection = Problem;
        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Problem> {
            Err(Problem::conflict("not now").errors([FieldError::new(Place::Header, "if-match", "is stale")]))
        }
    }
    let open = Stack::public("to see the rejections");
    let router = Router::new()
        .route("/plain", open.get(async |_: Plain| ()))
        .route("/formed", open.get(async |_: Formed| ()))
        .route("/own", open.get(async |_: Own| ()));
    let (service, _) = start(router).await;
    service.get("/plain").await.status(409).header("x-own", "kept").problem().detail("not now");
    service
        .get("/formed")
        .await
        .status(409)
        .header("content-type", "text/html; charset=utf-8")
        .text("<p>not now</p>");
    service.get("/own").await.status(409).problem().error_in("header", "if-match").member("instance", "/own");
}
