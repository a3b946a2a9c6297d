//! The production runtime of Testudo, thin as yet: bind, serve, drain, and answer about itself.
//!
//! Depend on the `testudo` crate, which re-exports this one as its feature `server`.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | `fn main` of a service | [`Service`] |
//! | What a service is told about the world | [`Surroundings`], [`Environment`] |
//! | Why it does not start | [`StartError`] |
//! | The nonce of a page's scripts | [`CspNonce`] |
//!
//! # Environment variables
//!
//! | Variable | Meaning | Default |
//! |---|---|---|
//! | `TESTUDO__ENVIRONMENT` | `development`, `test`, `staging` or `production` | none: without it the service refuses to start |
//! | `TESTUDO__SERVER__HOST` | address to listen on | `127.0.0.1` |
//! | `TESTUDO__SERVER__PORT` | port to listen on, `0` for a free one | `8000` |
//! | `TESTUDO__DATABASE__URL` | where the database is | the service's own |
//! | `TESTUDO__LOG__LEVEL` | `error`, `warn`, `info`, `debug` or `trace` | `info` |
//!
//! # Exit codes
//!
//! | Code | Meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | the operation did not complete |
//! | 2 | wrong usage, configuration or surroundings, found before serving |
//! | 3 | finished, but requests were cut off |

mod admin;
mod command_line;
mod commands;
mod database;
mod edge;
mod error;
mod health;
mod listen;
mod observe;
mod pipeline;
mod service;
mod surroundings;
mod talk;

pub use database::Database;
pub use edge::CspNonce;
pub use error::StartError;
pub use health::{Health, IntoHealth};
pub use listen::{Shutdown, Stage};
pub use service::{NoRoutes, Service};
pub use surroundings::Surroundings;
pub use testudo_settings::{Environment, NoApp, Secret, UnknownEnvironment};
