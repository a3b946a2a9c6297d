//! The production runtime of Testudo: a [`Service`] with its configuration, listeners, health, logs, metrics, databases
//! and stop.
//!
//! Depend on the `testudo` crate, which re-exports this one as its feature `server`.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | `fn main` of a service | [`Service`] |
//! | What a service is told about the world, and what it leaves there | [`Surroundings`], [`Environment`] |
//! | A database, with its pool, check and metrics | [`Database`] |
//! | What a readiness check says | [`Health`] |
//! | The stop of the service, for WebSockets and streams | [`Shutdown`], [`Stage`] |
//! | The nonce of a page's scripts | [`CspNonce`] |
//! | Settings of a shield, read from a section under a name | [`NamedSection`], [`Section`], [`bind`] |
//! | Why a service does not start | [`StartError`] |
//!
//! # What every service does
//!
//! | Listener | Path | Answer |
//! |---|---|---|
//! | both | `/health` | `200` as long as the process lives; no lock, no I/O |
//! | both | `/readiness` | the last results of background checks; `503` while starting and stopping |
//! | both | `/startup` | `503` until it was ready once |
//! | operators | `/metrics` | Prometheus text |
//! | operators | `/shields` | who may call what, and what shields did |
//! | operators | `/config` | the configuration in force, redacted |
//! | operators | `/log-level` | `GET`, and `PUT` with one word |
//!
//! A request goes through: its trace, id and client; framing; probes; hosts (`421`); CORS; overload (`503`); the request
//! timeout (`503`); the limits of its content (`413`, `408`); the routes and their shields. Every response has the
//! security headers and `X-Request-ID`; every request has one line in the log and its metrics.
//!
//! # Configuration
//!
//! `testudo.toml`, then `TESTUDO__SECTION__KEY`, then `TESTUDO__SECTION__KEY_FILE`, then `--set SECTION.KEY=VALUE`.
//! `config sample` prints every key with its meaning and default, `config check` all that is wrong,
//! `config explain KEY` where a value comes from. `TESTUDO__ENVIRONMENT` has no default.
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
mod hex;
mod listen;
mod needs;
mod observe;
mod pipeline;
mod service;
mod surroundings;
mod talk;

#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use database::Database;
pub use edge::CspNonce;
pub use error::StartError;
pub use health::{Health, IntoHealth};
pub use listen::{Shutdown, Stage};
pub use needs::bind;
pub use service::{NoRoutes, Service};
pub use surroundings::Surroundings;
pub use testudo_settings::{
    Environment, NamedSection, NoApp, Secret, Section, UnknownEnvironment, WantedSection,
};
