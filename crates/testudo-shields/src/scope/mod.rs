//! Scopes: what a credential may be used for (RFC 6749, section 3.3), as proofs.
//!
//! A scope is a type, so that a handler names what it needs, and one that is mounted behind another scope does not
//! compile.
//!
//! ```
//! use testudo::prelude::*;
//! use testudo_shields::{jwt::{self, Token}, scope::{self, Scope, ScopeName}};
//!
//! #[derive(serde::Deserialize)]
//! struct Customer {}
//!
//! enum InvoicesWrite {}
//!
//! impl ScopeName for InvoicesWrite {
//!     const NAME: &'static str = "invoices:write";
//! }
//!
//! async fn send(_: Passed<Scope<InvoicesWrite>>) -> &'static str {
//!     "sent"
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! # let clock = testudo_testkit::MockClock::at(std::time::SystemTime::UNIX_EPOCH).clock();
//! let customers = jwt::bearer::<Customer>("customers");
//! # let customers = customers.clock(clock);
//! let writers = Stack::new().shield(customers).shield(scope::required::<InvoicesWrite, Token<Customer>>());
//! let routes: Router = Router::new().route("/invoices", writers.post(send));
//! # let secret = "an example's secret, which is no secret";
//! # testudo::bind(&routes, [
//! #     ("jwt.customers.issuer", "https://id.example.com"),
//! #     ("jwt.customers.audience", "https://api.example.com"),
//! #     ("jwt.customers.keys.main.algorithm", "HS256"),
//! #     ("jwt.customers.keys.main.secret", secret),
//! # ])
//! # .unwrap();
//! # let token_with = |scope: &str| {
//! #     let claims = serde_json::json!({
//! #         "iss": "https://id.example.com", "aud": "https://api.example.com", "exp": 600, "scope": scope,
//! #     });
//! #     let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
//! #     jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
//! # };
//! let service = testudo_testkit::TestService::start(routes, ()).await;
//!
//! let writer = token_with("invoices:read invoices:write");
//! service.post("/invoices").bearer(&writer).await.status(200).text("sent");
//! let reader = token_with("invoices:read");
//! let answer = service.post("/invoices").bearer(&reader).await;
//! answer.status(403).header("www-authenticate", "Bearer error=\"insufficient_scope\", scope=\"invoices:write\"");
//! service.post("/invoices").await.status(401);
//! # });
//! ```
//!
//! Any other credential has scopes once it is [`Scoped`]: an API key of yours, for example.

mod names;
mod proof;
mod shield;
#[cfg(test)]
mod tests;

pub use self::{
    names::{ScopeName, ScopeNames, Scoped},
    proof::{AllOf, AnyOf, Scope},
    shield::{RequiredScopes, all_of, any_of, required},
};
