//! State that requests share, in one process or over many.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | What an entry is found by | [`Key`] |
//! | Limits, in memory or on Redis | [`Limiter`], [`Policy`], [`Decision`] |
//! | A Redis that several processes share | [`Redis`], [`RedisOptions`] |
//! | What a shield is given before the first request | [`Needed`] |
//! | What happens when it is down | [`WhenDown`], [`StoreError`] |

mod connection;
mod error;
mod key;
mod limit;
mod needed;

pub use connection::{Redis, RedisOptions};
pub use error::{StoreError, StoreErrorKind};
pub use key::{Key, KeyMaker};
pub use limit::{Decision, Limiter, MemoryOptions, Outcome, Policy, PolicyError, WhenDown};
pub use needed::Needed;
