//! Tests of services behind shields.
//!
//! [`TestService`] serves a router on a free port of the loopback interface, and its calls read like a
//! specification. A shield or a dependency can be replaced by a fixed value of the same type, a [`MockClock`] moves
//! time, [`Events`] captures what shields did, [`assert_access!`] compares a table of roles and routes with what
//! really happens, and [`assert_access_matrix`] guards the access matrix against unnoticed changes.
//!
//! ```
//! use testudo_testkit::{Role, TestService, assert_access};
//! use testudo::{Passed, Router, Stack, shield};
//! use axum::http::HeaderMap;
//!
//! #[derive(Clone)]
//! struct User(&'static str);
//!
//! #[shield(name = "API Token", decides, status = 401)]
//! fn api_token(headers: HeaderMap) -> Option<User> {
//!     (headers.get("x-api-token")? == "secret").then_some(User("ann"))
//! }
//!
//! async fn me(Passed(user): Passed<User>) -> &'static str {
//!     user.0
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let routes = || Router::new().route("/me", Stack::new().shield(api_token).get(me));
//!
//! let service = TestService::start(routes(), ()).await;
//! service.get("/me").await.status(401).problem().detail("Shield `API Token` blocks the request");
//! service.get("/me").header("x-api-token", "secret").await.status(200).text("ann");
//!
//! let anonymous = Role::anonymous();
//! let user = Role::new("user").header("x-api-token", "secret");
//! assert_access!(service, [anonymous, user], {
//!     GET "/me" => [401, 200],
//! });
//!
//! let service = TestService::new(routes(), ()).replace(api_token, User("bob")).start().await;
//! service.get("/me").await.status(200).text("bob");
//! # });
//! ```

#![expect(clippy::missing_panics_doc, reason = "assertions panic: that is what they are for")]

mod access;
mod call;
mod clock;
mod events;
#[cfg(feature = "servers")]
mod servers;
mod service;
mod snapshot;

pub use access::{Role, RouteRow, check_access};
pub use call::{Answer, Call, ProblemAnswer};
pub use clock::MockClock;
pub use events::{CapturedEvent, Events};
#[cfg(feature = "servers")]
pub use servers::{Postgres, PostgresDatabase, RedisServer};
pub use service::{TestService, TestServiceBuilder};
pub use snapshot::assert_access_matrix;
