//! Invoices and members of many tenants: API keys, scopes as proofs, limits by plan, and a database handle that
//! reaches one tenant's rows only.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Who may call what | [`routes`] |
//! | How that is decided | [`shields`] |
//! | How a handler is kept to its tenant | [`store::TenantDb`] |

pub mod routes;
mod seed;
pub mod shields;
pub mod store;

use axum::extract::FromRef;
use testudo::{Clock, Environment, Surroundings};

use crate::{shields::Limiter, store::Store};

/// The state of the service.
#[derive(Debug, Clone)]
pub struct App {
    /// Keys and rows.
    pub store: Store,
    /// How much of its minute each key has used.
    pub limiter: Limiter,
    /// The time, which tests move.
    pub clock: Clock,
}

impl App {
    /// An empty service; in development one with two tenants and keys that everybody knows.
    pub fn open(surroundings: &Surroundings) -> Self {
        let app = Self::empty(surroundings.clock().clone());
        if surroundings.environment() == Environment::Development {
            seed::development(&app);
        }
        app
    }

    /// A service without tenants.
    pub fn empty(clock: Clock) -> Self {
        Self { store: Store::default(), limiter: Limiter::default(), clock }
    }
}

impl FromRef<App> for Store {
    fn from_ref(app: &App) -> Self {
        app.store.clone()
    }
}

impl FromRef<App> for Limiter {
    fn from_ref(app: &App) -> Self {
        app.limiter.clone()
    }
}

impl FromRef<App> for Clock {
    fn from_ref(app: &App) -> Self {
        app.clock.clone()
    }
}
