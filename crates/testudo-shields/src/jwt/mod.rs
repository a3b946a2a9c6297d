//! JSON Web Tokens as bearer tokens (RFC 7519, RFC 6750), checked as RFC 8725 says.
//!
//! ```toml
//! [jwt.customers]
//! issuer = "https://id.example.com"
//! audience = ["https://api.example.com"]
//! algorithms = ["RS256"]
//! jwks_url = "https://id.example.com/.well-known/jwks.json"
//! ```
//!
//! or with keys of the configuration, each with the one algorithm that it is used for:
//!
//! ```toml
//! [jwt.partners]
//! issuer = "https://partner.example.com"
//! audience = ["https://api.example.com"]
//!
//! [jwt.partners.keys.main] # the key's id; its secret: TESTUDO__JWT__PARTNERS__KEYS__MAIN__SECRET_FILE
//! algorithm = "HS256"
//! ```
//!
//! ```
//! use std::time::SystemTime;
//!
//! use testudo::prelude::*;
//! use testudo_shields::jwt::{self, Token};
//!
//! /// What the service reads from a customer's token, beside the registered claims.
//! #[derive(serde::Deserialize)]
//! struct Customer {
//!     plan: String,
//! }
//!
//! async fn account(Passed(token): Passed<Token<Customer>>) -> String {
//!     format!("{} has the plan {}", token.subject().unwrap_or("somebody"), token.plan)
//! }
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let customers = Stack::new().shield(jwt::bearer::<Customer>("customers"));
//! let routes: Router = Router::new().route("/account", customers.get(account));
//! testudo::bind(&routes, [
//!     ("jwt.customers.issuer", "https://id.example.com"),
//!     ("jwt.customers.audience", "https://api.example.com"),
//!     ("jwt.customers.keys.main.algorithm", "HS256"),
//!     ("jwt.customers.keys.main.secret", "an example's secret, which is no secret"),
//! ])
//! .unwrap();
//! let service = testudo_testkit::TestService::start(routes, ()).await;
//!
//! // What the issuer does:
//! use jsonwebtoken::{EncodingKey, Header, encode};
//! let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
//! let claims = serde_json::json!({
//!     "iss": "https://id.example.com", "aud": "https://api.example.com", "sub": "ann", "exp": now + 600, "plan": "pro",
//! });
//! let key = EncodingKey::from_secret(b"an example's secret, which is no secret");
//! let token = encode(&Header { kid: Some("main".to_owned()), ..Header::default() }, &claims, &key).unwrap();
//!
//! service.get("/account").bearer(&token).await.status(200).text("ann has the plan pro");
//! let wrong = service.get("/account").bearer(&token[1..]).await;
//! wrong.status(401).header("www-authenticate", "Bearer error=\"invalid_token\"").problem().detail("the token is not valid");
//! service.get("/account").await.status(401).header("www-authenticate", "Bearer");
//! # });
//! ```
//!
//! # What holds
//!
//! - Issuer, audience, algorithms and keys have to be said, and the end of a token (`exp`) has to be there. No setting
//!   leaves a check out.
//! - A key checks the algorithms that it is pinned to, and no other: by its own `algorithm`, or in a key set by its `alg`,
//!   or else by its type and `algorithms`.
//! - A token does not choose its key: `jwk`, `jku`, `x5u` and `x5c` are refused, as is every critical extension (`crit`).
//!   `kid` is compared and nothing else; without it, there has to be exactly one key for its algorithm.
//! - What two readers may understand differently is refused: members that are there twice, padding, other alphabets,
//!   more than one `Authorization` field. A token has at most 8 KiB.
//!
//! # Key servers
//!
//! Keys are fetched for the first token, or before it by a readiness check ([`Bearer::keys`]); again when they are older
//! than `jwks_refresh`; and for a token that names a key that is not there, then once in 10 s at most, so that an issuer
//! has to publish a new key 10 s before it signs with it. Requests share one fetch, which takes at most 5 s and 256 KiB and follows no
//! redirects. While the key server is down, the keys that are there work for `jwks_keep`; a token with another key is
//! answered with `503`, because nobody can tell whether it holds. A key that the issuer withdraws is out of use within
//! `jwks_refresh`, or `jwks_keep` while the key server is down.

mod algorithm;
mod claims;
mod credential;
mod header;
mod json;
mod key;
mod key_set;
mod keys;
mod refusal;
mod server;
mod settings;
mod shield;
#[cfg(test)]
mod tests;
mod token;
mod verifier;
mod verify;

pub use self::{
    algorithm::Algorithm,
    keys::JwtKeys,
    settings::JwtSettings,
    shield::{Bearer, bearer},
    token::Token,
};
