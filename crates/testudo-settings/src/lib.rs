//! The one typed configuration of a Testudo service.
//!
//! It knows nothing of a runtime: what runs, what is rendered and what is checked read the same [`Settings`]. Nothing is
//! taken from the process: the caller hands over its variables.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Everything that can be set | [`Settings`] and its sections |
//! | Where a service runs | [`Environment`] |
//! | Values with a unit, and values that cannot be printed | [`Period`], [`Size`], [`Secret`], [`ConnectionUrl`] |
//! | Layers: defaults, file, environments, variables, secret files, flags | [`Loader`] |
//! | The settings, where each comes from, and what is worth a word | [`Loaded`], [`Source`], [`Warning`] |
//! | All that is wrong, in one run | [`SettingsErrors`] |
//! | Sections under a name, such as `[rate_limit.login]` | [`NamedSection`], [`Section`] |
//! | Changes while a service runs | [`Loaded::reload`] |
//! | The schema of the file, a sample, and how environments differ | [`Loader::schema`], [`Loader::sample`], [`Loader::diff`] |

mod answer;
mod ask;
mod disk;
mod environment;
mod error;
mod fault;
mod gather;
mod invariant;
mod key;
mod layer;
mod load;
mod loaded;
mod named;
mod reload;
mod section;
mod sections;
mod settle;
mod shape;
mod shapes;
mod source;
mod suggest;
mod tree;
mod value;
mod wanted;

pub use answer::Differences;
pub use environment::{Environment, UnknownEnvironment};
pub use error::{SettingsError, SettingsErrors};
pub use invariant::Warning;
pub use load::{Loader, NoApp};
pub use loaded::Loaded;
pub use named::NamedSection;
pub use reload::Reload;
pub use section::{Section, WantedSection};
pub use sections::{
    AdminSettings, CorsSettings, DatabaseSettings, DeploySettings, ForwardedHeader, HeaderPreset,
    HeaderSettings, HealthSettings, HostSettings, HstsSettings, LogFormat, LogLevel, LogSettings,
    OverloadSettings, ProxySettings, RedisSettings, Reloadable, ServerSettings, Settings, ShutdownSettings,
    TlsSettings, TraceSettings,
};
pub use source::Source;
pub use value::{ConnectionUrl, Period, Secret, Size, canonical_network};
