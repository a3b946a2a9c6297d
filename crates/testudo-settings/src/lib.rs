//! The one typed configuration of a Testudo service.
//!
//! It knows nothing of a runtime: what runs, what is rendered and what is checked read the same [`Settings`].
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Everything that can be set | [`Settings`] and its sections |
//! | Where a service runs | [`Environment`] |
//! | Values with a unit, and values that cannot be printed | [`Period`], [`Size`], [`Secret`], [`ConnectionUrl`] |

mod environment;
mod sections;
mod suggest;
mod value;

pub use environment::{Environment, UnknownEnvironment};
pub use sections::{
    AdminSettings, CorsSettings, DatabaseSettings, DeploySettings, ForwardedHeader, HeaderPreset,
    HeaderSettings, HealthSettings, HostSettings, HstsSettings, LogFormat, LogLevel, LogSettings,
    OverloadSettings, ProxySettings, RedisSettings, Reloadable, ServerSettings, Settings, ShutdownSettings,
    TlsSettings, TraceSettings,
};
pub use value::{ConnectionUrl, Period, Secret, Size};
