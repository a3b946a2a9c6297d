//! The state of the service.

use axum::extract::FromRef;
use testudo::{Environment, StartError, Surroundings};

use crate::{attempts::Attempts, database, products::Products, users::Users};

/// What handlers and shields share.
#[derive(Debug, Clone, FromRef)]
pub struct App {
    products: Products,
    users: Users,
    attempts: Attempts,
}

impl App {
    /// Opens the database, creates or migrates it, and in development fills a new one.
    ///
    /// # Errors
    /// If the database cannot be opened, is corrupt, or belongs to another version of the program.
    pub async fn open(surroundings: Surroundings) -> Result<Self, StartError> {
        let pool = database::open(surroundings.database_url()).await?;
        let development = surroundings.environment() == Environment::Development;
        if development {
            database::seed(&pool).await?;
        }
        let clock = surroundings.clock().clone();
        Ok(Self {
            products: Products::new(pool.clone()),
            users: Users::new(pool, clock.clone(), development),
            attempts: Attempts::new(clock),
        })
    }

    /// Creates or migrates the database.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn migrate(surroundings: Surroundings) -> Result<String, StartError> {
        database::open(surroundings.database_url()).await?.close().await;
        Ok(format!("the database is up to date: version {}", database::version()))
    }
}
