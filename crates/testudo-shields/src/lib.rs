//! Ready-made shields.
//!
//! Depend on the `testudo` crate, which re-exports them as `testudo::shields`.
//!
//! Each is one folder, and all have one shape: settings that are a named section of the configuration, the shield, and
//! for those that decide a proof that nobody else can make.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Allow and deny lists of networks | [`ip`] |
//! | Limits of how many requests pass, and in which time | [`rate_limit`] |

#[cfg(feature = "ip")]
pub mod ip;
#[cfg(feature = "rate-limit")]
pub mod rate_limit;

/// Where `#[shield]` finds what it writes about; users have the facade for this.
#[doc(hidden)]
pub mod __facade {
    pub use testudo_core::*;
    pub use testudo_settings::{Section, WantedSection};
}
