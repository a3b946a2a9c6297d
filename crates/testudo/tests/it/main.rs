//! Smoke.
use axum::{
    Json,
    body::Body,
    extract::{FromRef, Path, State},
    http::{HeaderMap, Request, StatusCode},
};
use testudo::{Block, Dependency, Depends, Passed, Passes, Problem, Router, Stack, shield};
use tower::ServiceExt;

#[derive(Clone)]
struct Db;
#[derive(Clone)]
struct App {
    db: Db,
}
impl FromRef<App> for Db {
    fn from_ref(a: &App) -> Db {
        a.db.clone()
    }
}
#[derive(Clone)]
struct User {
    admin: bool,
    tenant: u32,
}
#[derive(Clone)]
struct Admin(());

#[shield(name = "API Token", decides, status = 401, detail = "Invalid API token")]
async fn api_token(headers: HeaderMap, State(_db): State<Db>) -> Result<Option<User>, std::fmt::Error> {
    Ok(match headers.get("x-api-token").and_then(|v| v.to_str().ok()) {
        Some("admin") => Some(User { admin: true, tenant: 7 }),
        Some("user") => Some(User { admin: false, tenant: 8 }),
        Some("down") => return Err(std::fmt::Error),
        Some("panic") => panic!("secret"),
        _ => None,
    })
}
#[shield(name = "Admin", decides)]
fn is_admin(Passed(user): Passed<User>) -> Option<Admin> {
    user.admin.then_some(Admin(()))
}
#[shield]
fn rate_limit(#[with] per_minute: u32) -> bool {
    per_minute > 0
}
#[shield(name = format!("Scope {}", N::NAME), decides, detail = format!("scope {} is missing", N::NAME))]
fn scope<N: Name>(_user: Passed<User>) -> Result<Option<Scope<N>>, Block> {
    Ok(None)
}
trait Name {
    const NAME: &'static str;
}
struct Write;
impl Name for Write {
    const NAME: &'static str = "write";
}
struct Scope<N>(std::marker::PhantomData<fn() -> N>);
impl<N> Clone for Scope<N> {
    fn clone(&self) -> Self {
        Self(self.0)
    }
}

struct Tenant {
    id: u32,
}
impl Dependency for Tenant {
    type From = (Passed<User>, State<Db>);
    type Error = Problem;
    async fn resolve((Passed(user), State(_)): Self::From) -> Result<Self, Problem> {
        Ok(Self { id: user.tenant })
    }
}
async fn list() -> &'static str {
    "all"
}
async fn me(Passed(user): Passed<User>, tenant: Depends<Tenant>) -> String {
    format!("{} {}", user.tenant, tenant.id)
}
async fn create(_: Passed<Admin>, Json(v): Json<serde_json::Value>) -> (StatusCode, Json<serde_json::Value>) {
    (StatusCode::CREATED, Json(v))
}
async fn remove(_: Depends<Tenant>, Path(id): Path<u32>) -> Result<String, Problem> {
    Ok(id.to_string())
}
async fn scoped(_: Passed<Scope<Write>>) {}

fn routes(user: &Stack<App, Passes![User]>) -> Router<App> {
    let open = Stack::public("the catalogue is public");
    let admin = user.shield(rate_limit(3)).shield(is_admin);
    Router::new()
        .route("/products", (open.get(list), admin.post(create)))
        .route("/products/{id}", admin.delete(remove))
        .route("/scoped", user.shield(scope::<Write>()).post(scoped))
        .route("/me", user.get(me))
}

#[tokio::test]
async fn smoke() {
    let router = routes(&Stack::new().shield(api_token));
    println!("{}", router.access_matrix());
    println!("{}", serde_json::to_string_pretty(router.access_matrix()).unwrap().len());
    let app: axum::Router = router.into_axum().with_state(App { db: Db });
    for (method, path, token, body) in [
        ("GET", "/products", "", ""),
        ("GET", "/me", "", ""),
        ("GET", "/me", "user", ""),
        ("GET", "/me", "down", ""),
        ("GET", "/me", "panic", ""),
        ("POST", "/products", "user", "{bad"),
        ("POST", "/products", "admin", "{bad"),
        ("POST", "/products", "admin", "{}"),
        ("DELETE", "/products/x", "admin", ""),
        ("DELETE", "/products/3", "admin", ""),
        ("PATCH", "/products", "admin", ""),
        ("GET", "/none", "", ""),
        ("POST", "/scoped", "admin", ""),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("x-api-token", token)
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 9999).await.unwrap();
        println!(
            "{method} {path} {token}: {} {:?} {}",
            parts.status,
            parts.headers.get("www-authenticate").or(parts.headers.get("allow")),
            String::from_utf8_lossy(&body)
        );
    }
}
