//! What a service is told about the world.

use std::fmt;

use testudo_core::Clock;

use crate::environment::Environment;

/// What a service is told about the world when it opens its state.
///
/// ```
/// use testudo_server::{Environment, Surroundings};
///
/// let surroundings = Surroundings::new(Environment::Test).with_database_url("sqlite://test.db");
/// assert_eq!(surroundings.database_url(), Some("sqlite://test.db"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Surroundings {
    environment: Environment,
    database_url: Option<String>,
    clock: Clock,
}

impl Surroundings {
    /// An environment with the system's clock and no database named.
    pub fn new(environment: Environment) -> Self {
        Self { environment, database_url: None, clock: Clock::system() }
    }

    /// Names the database.
    pub fn with_database_url(mut self, url: impl Into<String>) -> Self {
        self.database_url = Some(url.into());
        self
    }

    /// Replaces the clock.
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Where the service runs.
    pub fn environment(&self) -> Environment {
        self.environment
    }

    /// What `TESTUDO__DATABASE__URL` says; without it a service uses its own default. It may hold a password.
    pub fn database_url(&self) -> Option<&str> {
        self.database_url.as_deref()
    }

    /// The clock that everything in the service asks.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URL may hold a password.
        f.debug_struct("Surroundings").field("environment", &self.environment).finish_non_exhaustive()
    }
}
