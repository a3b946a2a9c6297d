//! The checks written into bare axum handlers.

use axum::{
    Json, Router,
    extract::{FromRequest, Request, State},
    response::{IntoResponse, Response},
    routing::post,
};
use http::{HeaderMap, StatusCode};

use crate::{
    scenario::Checks,
    service::{Admin, App, Order, Receipt, Users},
};

pub(crate) fn router(checks: Checks) -> Router<App> {
    let route = match checks {
        Checks::None => post(unchecked),
        Checks::One => post(by_user),
        Checks::Two => post(by_admin),
    };
    Router::new().route("/orders", route)
}

async fn unchecked(Json(order): Json<Order>) -> Json<Receipt> {
    Json(Receipt::of(0, order))
}

async fn by_user(
    headers: HeaderMap,
    State(users): State<Users>,
    Json(order): Json<Order>,
) -> Result<Json<Receipt>, StatusCode> {
    let Some(user) = users.by_token(&headers) else { return Err(StatusCode::UNAUTHORIZED) };
    Ok(Json(Receipt::of(user.id(), order)))
}

/// One check that does without the copy of the header fields that the extractor makes.
pub(crate) fn router_in_place() -> Router<App> {
    Router::new().route("/orders", post(by_user_in_place))
}

async fn by_user_in_place(State(users): State<Users>, request: Request) -> Result<Json<Receipt>, Response> {
    let Some(user) = users.by_token(request.headers()) else {
        return Err(StatusCode::UNAUTHORIZED.into_response());
    };
    let Json(order) = Json::<Order>::from_request(request, &()).await.map_err(IntoResponse::into_response)?;
    Ok(Json(Receipt::of(user.id(), order)))
}

async fn by_admin(
    headers: HeaderMap,
    State(users): State<Users>,
    Json(order): Json<Order>,
) -> Result<Json<Receipt>, StatusCode> {
    let Some(user) = users.by_token(&headers) else { return Err(StatusCode::UNAUTHORIZED) };
    let Some(admin) = Admin::of(&user) else { return Err(StatusCode::FORBIDDEN) };
    Ok(Json(Receipt::of(admin.id(), order)))
}
