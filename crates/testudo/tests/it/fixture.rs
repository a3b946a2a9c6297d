//! The service under test: users by token, and a log of everything that ran.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use axum::{extract::FromRef, extract::State, http::HeaderMap};
use testudo::prelude::*;
use testudo_testkit::TestService;

/// What ran, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    pub(crate) fn note(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }

    pub(crate) fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Counts how often something happened.
#[derive(Clone, Default)]
pub(crate) struct Counter(Arc<AtomicUsize>);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, SeqCst);
    }

    pub(crate) fn get(&self) -> usize {
        self.0.load(SeqCst)
    }
}

#[derive(Clone, Default)]
pub(crate) struct App {
    pub(crate) log: Log,
    pub(crate) resolved: Counter,
}

impl FromRef<App> for Log {
    fn from_ref(app: &App) -> Self {
        app.log.clone()
    }
}

impl FromRef<App> for Counter {
    fn from_ref(app: &App) -> Self {
        app.resolved.clone()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) roles: Vec<&'static str>,
}

#[derive(Clone)]
pub(crate) struct Admin(());

/// Passes the user that owns the token in `x-api-token`.
#[shield(name = "API Token", decides, status = 401, detail = "Invalid API token")]
pub(crate) fn api_token(headers: &HeaderMap) -> Result<Option<User>, Block> {
    let Some(token) = headers.get("x-api-token") else { return Err(Block::missing()) };
    let user = |name: &str, roles| Some(User { name: name.to_owned(), roles });
    Ok(match token.to_str().unwrap_or_default() {
        "admin" => user("ann", vec!["admin", "user"]),
        "user" => user("bob", vec!["user"]),
        "guest" => user("cid", vec![]),
        _ => None,
    })
}

/// Passes the proof that the user is an administrator.
#[shield(name = "Admin", decides)]
pub(crate) fn is_admin(Passed(user): Passed<User>) -> Option<Admin> {
    user.roles.contains(&"admin").then_some(Admin(()))
}

/// Passes, and notes that it ran.
#[shield(name = "Noted")]
pub(crate) fn noted(State(log): State<Log>, #[with] what: &'static str) -> bool {
    log.note(what);
    true
}

pub(crate) async fn ok() -> &'static str {
    "ok"
}

pub(crate) async fn start(router: Router<App>) -> (TestService, App) {
    let app = App::default();
    (TestService::start(router, app.clone()).await, app)
}

/// A service with one route, `GET /`, whose handler answers `ok`.
pub(crate) async fn behind<L: Send + Sync + 'static>(stack: &Stack<App, L>) -> TestService {
    start(Router::new().route("/", stack.get(ok))).await.0
}
