//! The service that every scenario is a form of: users by token, and a route that takes and gives JSON.

use std::{collections::HashMap, sync::Arc};

use axum::extract::FromRef;
use http::HeaderMap;
use serde::{Deserialize, Serialize};

pub(crate) const TOKEN_FIELD: &str = "x-api-token";
pub(crate) const TOKEN: &str = "5f2c9a7be1d04c3f";

/// Who calls.
#[derive(Debug, Clone)]
pub(crate) struct User(Arc<Account>);

#[derive(Debug)]
struct Account {
    id: u64,
    is_admin: bool,
}

impl User {
    pub(crate) fn id(&self) -> u64 {
        self.0.id
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.0.is_admin
    }
}

/// The proof that the caller is an administrator.
#[derive(Debug, Clone)]
pub(crate) struct Admin(u64);

impl Admin {
    pub(crate) fn of(user: &User) -> Option<Self> {
        user.is_admin().then(|| Self(user.id()))
    }

    pub(crate) fn id(&self) -> u64 {
        self.0
    }
}

/// All users by their token.
#[derive(Debug, Clone)]
pub(crate) struct Users(Arc<HashMap<String, User>>);

impl Users {
    /// The user whose token these header fields carry: the one check that all forms make.
    pub(crate) fn by_token(&self, headers: &HeaderMap) -> Option<User> {
        let token = headers.get(TOKEN_FIELD)?.to_str().ok()?;
        self.0.get(token).cloned()
    }
}

/// The state.
#[derive(Debug, Clone)]
pub(crate) struct App {
    users: Users,
}

impl App {
    /// A thousand users, one of whom calls.
    pub(crate) fn new() -> Self {
        let account = |id| User(Arc::new(Account { id, is_admin: true }));
        let mut users: HashMap<_, _> = (1..1000).map(|id| (format!("{id:016x}"), account(id))).collect();
        users.insert(TOKEN.to_owned(), account(1000));
        Self { users: Users(Arc::new(users)) }
    }
}

impl FromRef<App> for Users {
    fn from_ref(app: &App) -> Self {
        app.users.clone()
    }
}

/// What a request asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    pub(crate) product: String,
    pub(crate) quantity: u32,
}

/// What it gets.
#[derive(Debug, Serialize)]
pub(crate) struct Receipt {
    customer: u64,
    product: String,
    cents: u32,
}

impl Receipt {
    pub(crate) fn of(customer: u64, order: Order) -> Self {
        Self { customer, product: order.product, cents: order.quantity * 250 }
    }
}
