//! Ready-made shields.
//!
//! Depend on the `testudo` crate, which re-exports them as `testudo::shields`.
//!
//! Each is one folder, and all have one shape: settings that are a named section of the configuration, the shield, and
//! for those that decide a proof that nobody else can make.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | Keys of programs | [`api_key`] |
//! | User names and passwords in every request | [`basic`] |
//! | Protection of a browser's user from other sites' pages | [`csrf`] |
//! | Signatures of webhooks | [`hmac`] |
//! | Allow and deny lists of networks | [`ip`] |
//! | JSON Web Tokens, with keys of your own or of a key server | [`jwt`] |
//! | Limits of how many requests pass, and in which time | [`rate_limit`] |
//! | Scopes of tokens and of other credentials, as proofs | [`scope`] |

#[cfg(feature = "api_key")]
pub mod api_key;
#[cfg(feature = "basic")]
pub mod basic;
#[cfg(feature = "csrf")]
pub mod csrf;
#[cfg(feature = "hmac")]
pub mod hmac;
#[cfg(feature = "ip")]
pub mod ip;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "rate_limit")]
pub mod rate_limit;
#[cfg(feature = "scope")]
pub mod scope;

/// Where `#[shield]` finds what it writes about; users have the facade for this.
#[doc(hidden)]
pub mod __facade {
    pub use testudo_core::*;
    pub use testudo_settings::{Section, WantedSection};
}
