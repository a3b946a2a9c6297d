//! What settings are made of: values that carry their unit, and values that cannot be printed.

mod connection_url;
mod network;
mod period;
mod secret;
mod size;

pub use connection_url::ConnectionUrl;
pub use network::canonical_network;
pub use period::Period;
pub(crate) use secret::REDACTED;
pub use secret::Secret;
pub use size::Size;
