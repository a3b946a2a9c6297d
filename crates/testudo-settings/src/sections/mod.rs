//! What can be set: one struct a section, one file a struct. Their doc comments are the documentation, the comments of
//! the sample file and the descriptions of the schema.

mod admin;
mod cors;
mod database;
mod deploy;
mod headers;
mod health;
mod hosts;
mod log;
mod overload;
mod proxies;
mod redis;
mod server;
mod shutdown;
mod tls;
mod trace;

pub use admin::AdminSettings;
pub use cors::CorsSettings;
pub use database::DatabaseSettings;
pub use deploy::DeploySettings;
pub use headers::{HeaderPreset, HeaderSettings, HstsSettings};
pub use health::HealthSettings;
pub use hosts::HostSettings;
pub use log::{LogFormat, LogLevel, LogSettings};
pub use overload::OverloadSettings;
pub use proxies::{ForwardedHeader, ProxySettings};
pub use redis::RedisSettings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub use server::ServerSettings;
pub use shutdown::ShutdownSettings;
pub use tls::TlsSettings;
pub use trace::TraceSettings;

use crate::environment::Environment;

/// Everything Testudo itself can be told. A service's own settings stand beside it, in the section `app`.
///
/// Sections that a running service takes over when it is told to reload are in [`Reloadable`]; all others are fixed
/// from its start.
///
/// ```
/// use testudo_settings::{Environment, Settings};
///
/// let settings = Settings::new(Environment::Test);
/// assert_eq!(settings.server.port, 8_000);
/// assert!(settings.database.url.is_none());
/// ```
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Where the service runs: `development`, `test`, `staging` or `production`. There is no default.
    pub environment: Environment,
    /// The public listener.
    #[serde(default)]
    pub server: ServerSettings,
    /// The listener for operators: probes, metrics, shields, configuration.
    #[serde(default)]
    pub admin: AdminSettings,
    /// Host names that the service answers to (RFC 9110, section 7.2).
    #[serde(default)]
    pub hosts: HostSettings,
    /// Who may say where a request came from.
    #[serde(default)]
    pub proxies: ProxySettings,
    /// Which pages of other origins may call the service (the Fetch standard, section 3.3).
    #[serde(default)]
    pub cors: CorsSettings,
    /// Header fields that tell browsers to be careful.
    #[serde(default)]
    pub headers: HeaderSettings,
    /// When to refuse work that would come too late.
    #[serde(default)]
    pub overload: OverloadSettings,
    /// What is logged, and how.
    #[serde(default)]
    pub log: LogSettings,
    /// Traces for other systems to collect.
    #[serde(default)]
    pub trace: TraceSettings,
    /// Background checks behind `/readiness`.
    #[serde(default)]
    pub health: HealthSettings,
    /// How the service stops.
    #[serde(default)]
    pub shutdown: ShutdownSettings,
    /// Where data is kept.
    #[serde(default)]
    pub database: DatabaseSettings,
    /// Where state is kept that several processes share.
    #[serde(default)]
    pub redis: RedisSettings,
    /// How many of this service run, and how they are replaced.
    #[serde(default)]
    pub deploy: DeploySettings,
}

impl Settings {
    /// The defaults, in this environment.
    pub fn new(environment: Environment) -> Self {
        let mut shutdown = ShutdownSettings::default();
        if !environment.is_exposed() {
            shutdown.drain_delay = crate::value::Period::from_secs(0);
        }
        Self {
            environment,
            server: ServerSettings::default(),
            admin: AdminSettings::default(),
            hosts: HostSettings::default(),
            proxies: ProxySettings::default(),
            cors: CorsSettings::default(),
            headers: HeaderSettings::default(),
            overload: OverloadSettings::default(),
            log: LogSettings::default(),
            trace: TraceSettings::default(),
            health: HealthSettings::default(),
            shutdown,
            database: DatabaseSettings::default(),
            redis: RedisSettings::default(),
            deploy: DeploySettings::default(),
        }
    }

    /// The part that a running service takes over when it is told to reload.
    ///
    /// ```
    /// # use testudo_settings::{Environment, Settings};
    /// assert!(Settings::new(Environment::Test).reloadable().hosts.allowed.is_empty());
    /// ```
    pub fn reloadable(&self) -> Reloadable {
        Reloadable {
            hosts: self.hosts.clone(),
            proxies: self.proxies.clone(),
            cors: self.cors.clone(),
            headers: self.headers.clone(),
            log: self.log.clone(),
        }
    }
}

/// The settings that a running service takes over on SIGHUP. All others need a restart.
///
/// ```
/// use testudo_settings::{Environment, Settings};
///
/// let reloadable = Settings::new(Environment::Test).reloadable();
/// assert!(reloadable.cors.origins.is_empty());
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Reloadable {
    /// Host names that the service answers to.
    pub hosts: HostSettings,
    /// Who may say where a request came from.
    pub proxies: ProxySettings,
    /// Which pages of other origins may call the service.
    pub cors: CorsSettings,
    /// Header fields that tell browsers to be careful.
    pub headers: HeaderSettings,
    /// What is logged.
    pub log: LogSettings,
}

impl Reloadable {
    /// The names of the reloadable sections, as the configuration has them.
    pub const SECTIONS: [&str; 5] = ["hosts", "proxies", "cors", "headers", "log"];
}
