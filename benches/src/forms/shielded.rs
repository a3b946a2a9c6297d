//! The checks as shields.

use axum::{Json, extract::State};
use http::HeaderMap;
use testudo::{Passed, Router, Stack, shield};

use crate::{
    scenario::Checks,
    service::{Admin, App, Order, Receipt, User, Users},
};

pub(crate) fn router(checks: Checks) -> Router<App> {
    let open = Stack::public("what a stack costs without a check");
    let user = Stack::new().shield(api_token);
    let admin = user.shield(is_admin);
    match checks {
        Checks::None => Router::new().route("/orders", open.post(unchecked)),
        Checks::One => Router::new().route("/orders", user.post(by_user)),
        Checks::Two => Router::new().route("/orders", admin.post(by_admin)),
    }
}

/// Passes the user that owns the API token.
#[shield(name = "API Token", decides, status = 401)]
fn api_token(headers: &HeaderMap, State(users): State<Users>) -> Option<User> {
    users.by_token(headers)
}

/// Passes the proof that the user is an administrator.
#[shield(name = "Admin", decides)]
fn is_admin(Passed(user): Passed<User>) -> Option<Admin> {
    Admin::of(&user)
}

async fn unchecked(Json(order): Json<Order>) -> Json<Receipt> {
    Json(Receipt::of(0, order))
}

async fn by_user(Passed(user): Passed<User>, Json(order): Json<Order>) -> Json<Receipt> {
    Json(Receipt::of(user.id(), order))
}

async fn by_admin(Passed(admin): Passed<Admin>, Json(order): Json<Order>) -> Json<Receipt> {
    Json(Receipt::of(admin.id(), order))
}
