//! Signed webhooks of two providers: the signature is over the content, so a shield reads the content, and passes
//! what it has verified and parsed.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Who may call what | [`routes`] |
//! | How a signature is verified | [`shields`] |
//! | Why a repeated delivery does nothing | [`Inbox`] |

pub mod events;
mod inbox;
pub mod routes;
mod secrets;
pub mod shields;

use axum::extract::FromRef;
use testudo::{Clock, StartError, Surroundings};

use crate::events::{InvoicePaid, PushEvent};
pub use crate::{
    inbox::{Inbox, Receipt},
    secrets::{Secret, Secrets},
};

/// The state of the service.
#[derive(Debug, Clone)]
pub struct App {
    /// What providers sign with.
    pub secrets: Secrets,
    /// What GitHub has sent.
    pub pushes: Inbox<PushEvent>,
    /// What the billing provider has sent.
    pub payments: Inbox<InvoicePaid>,
    /// The time, which tests move.
    pub clock: Clock,
}

impl App {
    /// An empty inbox for each provider, and the secrets from the environment.
    ///
    /// # Errors
    /// If a secret is missing, or too short to be one.
    pub fn open(surroundings: &Surroundings) -> Result<Self, StartError> {
        let secrets = Secrets::read(surroundings.environment(), |name| std::env::var(name).ok())?;
        Ok(Self::new(secrets, surroundings.clock().clone()))
    }

    /// An empty inbox for each provider.
    pub fn new(secrets: Secrets, clock: Clock) -> Self {
        Self { secrets, pushes: Inbox::default(), payments: Inbox::default(), clock }
    }
}

impl FromRef<App> for Secrets {
    fn from_ref(app: &App) -> Self {
        app.secrets.clone()
    }
}

impl FromRef<App> for Inbox<PushEvent> {
    fn from_ref(app: &App) -> Self {
        app.pushes.clone()
    }
}

impl FromRef<App> for Inbox<InvoicePaid> {
    fn from_ref(app: &App) -> Self {
        app.payments.clone()
    }
}

impl FromRef<App> for Clock {
    fn from_ref(app: &App) -> Self {
        app.clock.clone()
    }
}
