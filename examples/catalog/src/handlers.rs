//! What the routes do. Every handler that changes something names the proof it relies on.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, LOCATION, WWW_AUTHENTICATE},
    },
    response::IntoResponse,
};
use garde::Validate;
use serde::{Deserialize, Serialize};
use testudo::{Passed, Problem, Valid};

use crate::{
    products::{Product, ProductFields},
    shields::{Admin, Member},
    store::Store,
    users::{User, Users},
};

#[derive(Serialize)]
pub(crate) struct Welcome {
    message: &'static str,
}

pub(crate) async fn welcome() -> Json<Welcome> {
    Json(Welcome { message: "Welcome to the product catalogue" })
}

pub(crate) async fn list(State(store): State<Arc<dyn Store>>) -> Result<Json<Vec<Product>>, Problem> {
    Ok(Json(store.products().await?))
}

pub(crate) async fn list_for_members(
    _: Passed<Member>,
    store: State<Arc<dyn Store>>,
) -> Result<Json<Vec<Product>>, Problem> {
    list(store).await
}

pub(crate) async fn one(
    State(store): State<Arc<dyn Store>>,
    Path(id): Path<i64>,
) -> Result<Json<Product>, Problem> {
    store.product(id).await?.map(Json).ok_or_else(no_such_product)
}

pub(crate) async fn create(
    _: Passed<Admin>,
    State(store): State<Arc<dyn Store>>,
    Valid(Json(fields)): Valid<Json<ProductFields>>,
) -> Result<impl IntoResponse, Problem> {
    let product = store.insert(&fields).await?;
    Ok((StatusCode::CREATED, [(LOCATION, format!("/products/{}", product.id))], Json(product)))
}

pub(crate) async fn replace(
    _: Passed<Admin>,
    State(store): State<Arc<dyn Store>>,
    Path(id): Path<i64>,
    Valid(Json(fields)): Valid<Json<ProductFields>>,
) -> Result<Json<Product>, Problem> {
    store.replace(id, &fields).await?.map(Json).ok_or_else(no_such_product)
}

pub(crate) async fn remove(
    _: Passed<Admin>,
    State(store): State<Arc<dyn Store>>,
    Path(id): Path<i64>,
) -> Result<StatusCode, Problem> {
    if store.delete(id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(no_such_product()) }
}

fn no_such_product() -> Problem {
    Problem::not_found("Product not found")
}

/// What somebody signs in with. The limits bound the work of a hash.
#[derive(Deserialize, Validate)]
pub(crate) struct Credentials {
    #[garde(length(chars, min = 1, max = 100))]
    username: String,
    #[garde(length(chars, min = 1, max = 1_000))]
    password: String,
}

#[derive(Serialize)]
pub(crate) struct AccessToken {
    access_token: String,
    token_type: &'static str,
}

pub(crate) async fn sign_in(
    State(users): State<Users>,
    Valid(Json(credentials)): Valid<Json<Credentials>>,
) -> Result<impl IntoResponse, Problem> {
    let signed_in = users.sign_in(&credentials.username, credentials.password).await;
    let Some(access_token) = signed_in.map_err(Problem::internal)? else {
        // One answer for every mistake: it does not say which users exist.
        return Err(Problem::new(StatusCode::UNAUTHORIZED)
            .detail("Incorrect username or password")
            .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
    };
    // RFC 6749, section 5.1.
    Ok(([(CACHE_CONTROL, "no-store")], Json(AccessToken { access_token, token_type: "bearer" })))
}

pub(crate) async fn me(Passed(user): Passed<User>) -> Json<User> {
    Json(user)
}
