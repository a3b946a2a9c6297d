#[allow(unused_imports, reason = "each fixture uses what its mistake needs")]
use testudo::{Block, Decides, Dependency, Depends, Passed, Passes, IntoShield, Problem, Router, Stack, shield, unproven};
#[allow(unused_imports, reason = "each fixture uses what its mistake needs")]
use axum::{Json, extract::{FromRef, Path, State}, http::{HeaderMap, StatusCode}};

#[derive(Clone)]
pub struct Db;

#[derive(Clone)]
pub struct App {
    db: Db,
}

impl FromRef<App> for Db {
    fn from_ref(app: &App) -> Db {
        app.db.clone()
    }
}

#[derive(Clone)]
pub struct User {
    pub admin: bool,
}

#[derive(Clone)]
pub struct Admin(());

#[derive(Clone)]
pub struct Page(pub u32);

#[shield(name = "API Token", decides, status = 401)]
fn api_token(headers: HeaderMap) -> Option<User> {
    headers.get("x-api-token").map(|token| User { admin: token == "admin" })
}

#[shield(name = "Admin", decides)]
fn is_admin(Passed(user): Passed<User>) -> Option<Admin> {
    user.admin.then_some(Admin(()))
}

#[shield(name = "Rate Limit")]
fn rate_limit(#[with] per_minute: u32) -> bool {
    per_minute > 0
}

#[shield(name = "Page")]
fn page_number() -> Option<Page> {
    Some(Page(1))
}

pub struct Products;

impl Dependency for Products {
    type From = (State<Db>,);
    type Error = Problem;

    async fn resolve((State(_),): Self::From) -> Result<Self, Problem> {
        Ok(Self)
    }
}

pub struct Orders;

impl Dependency for Orders {
    type From = (Passed<User>, State<Db>);
    type Error = Problem;

    async fn resolve((Passed(_), State(_)): Self::From) -> Result<Self, Problem> {
        Ok(Self)
    }
}

pub async fn list() -> &'static str {
    "all"
}

pub async fn me(Passed(_): Passed<User>) -> &'static str {
    "me"
}

pub async fn remove(_: Passed<Admin>, Path(_): Path<u32>) -> StatusCode {
    StatusCode::NO_CONTENT
}
