//! The checks as `from_fn` layers that hand down what they found in an `Extension`.

use axum::{
    Extension, Json, Router,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::post,
};
use http::{HeaderMap, StatusCode};

use crate::{
    scenario::Checks,
    service::{Admin, App, Order, Receipt, User, Users},
};

pub(crate) fn router(checks: Checks, app: &App) -> Router<App> {
    let token = from_fn_with_state(app.clone(), api_token);
    let route = match checks {
        Checks::None => post(unchecked),
        Checks::One => post(by_user).layer(token),
        Checks::Two => post(by_admin).layer(from_fn(is_admin)).layer(token),
    };
    Router::new().route("/orders", route)
}

/// One check that does without the copy of the header fields that the extractor makes.
pub(crate) fn router_in_place(app: &App) -> Router<App> {
    let token = from_fn_with_state(app.clone(), api_token_in_place);
    Router::new().route("/orders", post(by_user).layer(token))
}

async fn api_token(
    State(users): State<Users>,
    headers: HeaderMap,
    mut request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let Some(user) = users.by_token(&headers) else { return Err(StatusCode::UNAUTHORIZED) };
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

async fn api_token_in_place(
    State(users): State<Users>,
    mut request: Request,
    next: Next,
) -> Result<Response, StatusCode> {
    let Some(user) = users.by_token(request.headers()) else { return Err(StatusCode::UNAUTHORIZED) };
    request.extensions_mut().insert(user);
    Ok(next.run(request).await)
}

async fn is_admin(mut request: Request, next: Next) -> Result<Response, StatusCode> {
    let Some(admin) = request.extensions().get().and_then(Admin::of) else {
        return Err(StatusCode::FORBIDDEN);
    };
    request.extensions_mut().insert(admin);
    Ok(next.run(request).await)
}

async fn unchecked(Json(order): Json<Order>) -> Json<Receipt> {
    Json(Receipt::of(0, order))
}

async fn by_user(Extension(user): Extension<User>, Json(order): Json<Order>) -> Json<Receipt> {
    Json(Receipt::of(user.id(), order))
}

async fn by_admin(Extension(admin): Extension<Admin>, Json(order): Json<Order>) -> Json<Receipt> {
    Json(Receipt::of(admin.id(), order))
}
