//! The state of the service.

use std::sync::Arc;

use axum::extract::FromRef;
use testudo::{Environment, StartError, Surroundings};

use crate::{
    attempts::Attempts,
    store::{self, Store},
    users::Users,
};

/// What handlers and shields share.
#[expect(missing_debug_implementations, reason = "a store has no more to show")]
#[derive(Clone, FromRef)]
pub struct App {
    store: Arc<dyn Store>,
    users: Users,
    attempts: Attempts,
}

impl App {
    /// Opens the database, creates or migrates it, and in development fills a new one.
    ///
    /// # Errors
    /// If the database cannot be opened, is corrupt, or belongs to another version of the program.
    pub async fn open(surroundings: Surroundings) -> Result<Self, StartError> {
        let (store, _) = store::open(&surroundings).await?;
        let development = surroundings.environment() == Environment::Development;
        if development {
            store.seed().await?;
        }
        let clock = surroundings.clock().clone();
        Ok(Self {
            users: Users::new(store.clone(), clock.clone(), development),
            store,
            attempts: Attempts::new(clock),
        })
    }

    /// Creates or migrates the database.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn migrate(surroundings: Surroundings) -> Result<String, StartError> {
        let (_, version) = store::open(&surroundings).await?;
        Ok(format!("the database is up to date: version {version}"))
    }
}
