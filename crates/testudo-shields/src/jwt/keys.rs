//! The keys of a shield, shared with whoever looks after them.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use testudo_core::Clock;
use testudo_settings::Section;

use super::{
    server::{KeyServer, Source},
    settings::{JwtSettings, Keys},
};

/// What a shield shares with whoever looks after its keys.
pub(super) struct SharedKeys {
    pub(super) section: Section<JwtSettings>,
    pub(super) clock: Clock,
    server: OnceLock<Arc<KeyServer>>,
}

impl SharedKeys {
    pub(super) fn new(section: Section<JwtSettings>, clock: Clock) -> Arc<Self> {
        Arc::new(Self { section, clock, server: OnceLock::new() })
    }

    /// The one key server of this shield.
    pub(super) fn server(&self, source: &Source) -> &Arc<KeyServer> {
        self.server.get_or_init(|| Arc::new(KeyServer::new(source.clone(), self.clock.clone())))
    }
}

/// Whether a shield has its keys: for a readiness check, which then also fetches them at the start and keeps them fresh
/// without traffic.
///
/// ```
/// use testudo_shields::jwt;
/// # #[derive(serde::Deserialize)]
/// # struct Customer {}
///
/// let customers = jwt::bearer::<Customer>("customers");
/// let keys = customers.keys();
/// // In the function that opens the state: surroundings.check("keys", move || keys.clone().ready())
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// assert!(keys.ready().await.unwrap_err().contains("`customers` has not been read"));
/// # });
/// ```
#[derive(Clone)]
pub struct JwtKeys(pub(super) Arc<SharedKeys>);

impl JwtKeys {
    /// Fetches keys where there are none yet, or where they are old. Keys of the configuration are always there.
    ///
    /// ```
    /// use testudo_shields::jwt::{self, JwtSettings};
    /// # #[derive(serde::Deserialize)]
    /// # struct Customer {}
    ///
    /// let settings: JwtSettings = serde_json::from_str(r#"{
    ///     "issuer": "https://id.example.com",
    ///     "audience": ["https://api.example.com"],
    ///     "keys": {"main": {"algorithm": "HS256", "secret": "an example's secret, which is no secret"}}
    /// }"#)
    /// .unwrap();
    /// let keys = jwt::bearer::<Customer>(settings).keys();
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// assert_eq!(keys.ready().await, Ok(()));
    /// # });
    /// ```
    ///
    /// # Errors
    /// There are no keys that can be used: the key server cannot be asked, or has not been for `jwks_keep`.
    pub async fn ready(self) -> Result<(), String> {
        match self.0.section.get().map(|settings| &settings.keys) {
            Some(Keys::Here(_)) => Ok(()),
            Some(Keys::Elsewhere(source)) => self.0.server(source).ready().await,
            None => Err(self.0.section.unread()),
        }
    }
}

impl fmt::Debug for JwtKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JwtKeys").field("section", &self.0.section).finish_non_exhaustive()
    }
}
