//! Typed shields in front of axum endpoints: **a forgotten or insufficient guard does not compile**.
//!
//! A *shield* is a guard: a function that looks at a request and passes, blocks or fails. Shields are stacked, the
//! stack makes the routes, and what a shield passes is handed to the handler as a typed value.
//!
//! ```
//! use axum::{Json, extract::Path, http::{HeaderMap, StatusCode}};
//! use testudo::prelude::*;
//!
//! #[derive(Clone)]
//! pub struct User {
//!     name: &'static str,
//!     admin: bool,
//! }
//!
//! /// The proof that the user is an administrator. Only `is_admin` can make it.
//! #[derive(Clone)]
//! pub struct Admin(());
//!
//! #[shield(name = "API Token", decides, status = 401, detail = "Invalid API token")]
//! fn api_token(headers: &HeaderMap) -> Result<Option<User>, Block> {
//!     let token = headers.get("x-api-token").ok_or_else(Block::missing)?;
//!     Ok(match token.to_str() {
//!         Ok("admin_token") => Some(User { name: "admin", admin: true }),
//!         Ok("user1_token") => Some(User { name: "user1", admin: false }),
//!         _ => None, // blocks
//!     })
//! }
//!
//! #[shield(name = "Admin", decides)]
//! fn is_admin(Passed(user): Passed<User>) -> Option<Admin> {
//!     user.admin.then_some(Admin(()))
//! }
//!
//! async fn list() -> &'static str {
//!     "everything"
//! }
//!
//! async fn me(Passed(user): Passed<User>) -> &'static str {
//!     user.name
//! }
//!
//! // Compiles only behind a stack that passes `Admin`.
//! async fn remove(_: Passed<Admin>, Path(_id): Path<u32>) -> StatusCode {
//!     StatusCode::NO_CONTENT
//! }
//!
//! fn routes() -> Router {
//!     let open = Stack::public("the catalogue is public");
//!     let user = Stack::new().shield(api_token);
//!     let admin = user.shield(is_admin);
//!
//!     Router::new()
//!         .route("/products", open.get(list))
//!         .route("/products/{id}", admin.delete(remove))
//!         .route("/me", user.get(me))
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let service = testudo_testkit::TestService::start(routes(), ()).await;
//! service.get("/products").await.status(200);
//! service.delete("/products/1").await.status(401);
//! service.delete("/products/1").header("x-api-token", "user1_token").await.status(403);
//! service.delete("/products/1").header("x-api-token", "admin_token").await.status(204);
//! # });
//! ```
//!
//! What does not compile, with a message that names what is missing and what the stack passes:
//! a route nobody decided about, a handler or shield that asks for a value no shield above passes, shields in the
//! wrong order, and a handler of an unsafe method that names no proof.
//!
//! # Where to look
//!
//! | You want to | |
//! |---|---|
//! | write a guard | [`shield`](macro@shield); by hand: [`Shield`], [`Check`] |
//! | say why a request is refused | [`Block`] in a shield, [`Problem`] in a handler |
//! | stack guards and make routes | [`Stack`], [`Router`] |
//! | combine guards: `or`, `optional`, `when`, `map`, `timeout` | [`IntoShield`] |
//! | use what a guard passed | [`Passed`] |
//! | compute something from it, once per request | [`Dependency`], [`Depends`] |
//! | validate what clients send | [`Valid`] |
//! | let a guard read the content | an extractor as the last argument of a [`shield`](macro@shield), [`ShieldContext::body`] |
//! | require roles or scopes | [`Requirement`] |
//! | set a cookie or a header from a guard | [`ResponseHeaders`] |
//! | know the request's id and its client | [`RequestId`], [`ClientIp`] |
//! | see who may call what | [`AccessMatrix`], `cargo run -- routes` of a [`Service`] |
//! | hear what guards did | [`ShieldListener`], [`RequestInfo`] |
//! | guard routes of an existing axum application | [`Stack::into_layer`], [`Shielded`] |
//! | run it, with its configuration, health, logs, metrics | [`Service`] |
//! | give a service settings and secrets of its own | [`Service::settings`], [`Secret`] |
//! | make a shield from a section of the configuration | `#[section]` of [`shield`](macro@shield), [`NamedSection`], [`Section`], [`bind`] |
//! | open a database, add a readiness check | [`Surroundings`], [`Database`] |
//! | end a WebSocket politely when the service stops | [`Shutdown`] |
//! | allow a script of a page | [`CspNonce`] |
//! | test it | the crate `testudo-testkit` |
//! | understand a name in a compiler message | [`wiring`] |
//!
//! # Features
//!
//! | Feature | Default | What it adds |
//! |---|---|---|
//! | `server` | yes | [`Service`]: the runtime of a service, and the commands it answers about itself |
//! | `sqlite`, `postgres` | no | [`Surroundings::database`]: pools that fail fast and recover alone |
//! | `shields` | no | [`shields`]: ready-made shields |
//! | `otlp` | no | spans of requests for other systems to collect (`trace.otlp_endpoint`) |
//! | `validate` | yes | [`Valid`]: extractors whose value is validated with garde |
//!
//! Without default features it adds a handful of crates to axum's own tree, and no database driver among them.

pub use axum::BoxError;
#[cfg(feature = "validate")]
pub use testudo_core::Valid;
pub use testudo_core::{
    AccessMatrix, ArgumentInfo, ArgumentSource, Block, BlockReason, Check, ClientIp, Clock, Decides,
    Dependency, Depends, EmptyRequirement, Fail, FailKind, Fallback, FieldError, Has, IntoShield, Nothing,
    Observed, PROBLEM_JSON, Pass, Passed, Passes, Place, Problem, Protects, ReportedShield, RequestId,
    RequestInfo, Requirement, ResponseHeaders, Route, RouteAccess, RouteError, RouteErrors, Router, Rule,
    Shield, ShieldContext, ShieldEvent, ShieldInfo, ShieldLayer, ShieldListener, ShieldOutcome, ShieldResult,
    Shielded, Stack, TypeInfo, Value, Verdict, unproven, wiring,
};
#[cfg(feature = "server")]
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use testudo_server::Database;
#[cfg(feature = "server")]
pub use testudo_server::{
    CspNonce, Environment, Health, IntoHealth, NamedSection, NoApp, NoRoutes, Secret, Section, Service,
    Shutdown, Stage, StartError, Surroundings, UnknownEnvironment, WantedSection, bind,
};

#[cfg(feature = "shields")]
#[doc(inline)]
pub use testudo_shields as shields;

#[doc = include_str!("shield.md")]
pub use testudo_macros::shield;

#[doc(hidden)]
pub use testudo_core::__private;

/// What a routes file and its shields need: `use testudo::prelude::*`.
pub mod prelude {
    #[cfg(feature = "validate")]
    #[doc(no_inline)]
    pub use crate::Valid;
    #[doc(no_inline)]
    pub use crate::{
        Block, Dependency, Depends, IntoShield as _, Passed, Passes, Problem, Requirement, Router, Stack,
        Verdict, shield, unproven,
    };
}

/// The examples of the README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;
