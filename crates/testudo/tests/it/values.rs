//! D. Values.

use axum::{
    extract::{Path, Query},
    http::HeaderMap,
};
use serde::Deserialize;
use testudo::{Dependency, Depends, prelude::*};

use crate::fixture::{Admin, User, api_token, is_admin, start};

#[derive(Clone)]
struct Token(String);

#[shield(name = "Token", decides, status = 401)]
fn valid_token(headers: HeaderMap) -> Option<Token> {
    let token = headers.get("x-token")?.to_str().ok()?;
    token.starts_with("valid-").then(|| Token(token["valid-".len()..].to_owned()))
}

#[shield(name = "User", decides)]
fn user_of_token(Passed(token): Passed<Token>) -> Result<Option<User>, Block> {
    match token.0.as_str() {
        "ann" => Ok(Some(User { name: "ann".to_owned(), roles: vec![] })),
        _ => Err(Block::not_found("User not found")),
    }
}

#[tokio::test]
async fn a_token_becomes_a_user_and_an_unknown_user_is_not_found() {
    async fn me(Passed(user): Passed<User>, Passed(token): Passed<Token>) -> String {
        format!("{} {}", user.name, token.0)
    }
    let user = Stack::new().shield(valid_token).shield(user_of_token);
    let (service, _) = start(Router::new().route("/", user.get(me))).await;
    service.get("/").header("x-token", "bad").await.status(401);
    service.get("/").header("x-token", "valid-zoe").await.status(404).problem().detail("User not found");
    service.get("/").header("x-token", "valid-ann").await.status(200).text("ann ann");
}

#[derive(Deserialize)]
struct Limit {
    limit: u32,
}

/// What a user may see, by a query parameter of its own.
struct Feed(String);

impl Dependency for Feed {
    type From = (Passed<User>, Query<Limit>);
    type Error = Problem;

    async fn resolve((Passed(user), Query(limit)): Self::From) -> Result<Self, Problem> {
        Ok(Self(format!("{} entries of {}", limit.limit, user.name)))
    }
}

#[tokio::test]
async fn a_derived_dependency_has_query_parameters_of_its_own() {
    async fn feed(feed: Depends<Feed>) -> String {
        feed.0.clone()
    }
    let user = Stack::new().shield(api_token);
    let (service, _) = start(Router::new().route("/", user.get(feed))).await;
    let get = |path: &str| service.get(path).header("x-api-token", "user");
    get("/?limit=3").await.status(200).text("3 entries of bob");
    get("/?limit=x").await.status(422).problem().error_in("query", "limit");
    get("/").await.status(422).problem().error_in("query", "limit");
}

#[tokio::test]
async fn the_handler_can_ask_for_the_value_of_every_shield_above() {
    async fn both(Passed(user): Passed<User>, _: Passed<Admin>, Path(id): Path<u8>) -> String {
        format!("{} {id}", user.name)
    }
    let admin = Stack::new().shield(api_token).shield(is_admin);
    let (service, _) = start(Router::new().route("/{id}", admin.delete(both))).await;
    service.delete("/7").header("x-api-token", "admin").await.status(200).text("ann 7");
}

/// Exists only for active users.
struct Active;

impl Dependency for Active {
    type From = (Passed<User>,);
    type Error = testudo::BoxError;

    async fn resolve((Passed(user),): Self::From) -> Result<Self, testudo::BoxError> {
        match user.name.as_str() {
            "bob" => Ok(Self),
            "cid" => Err("the user store is down: secret-cause".into()),
            _ => Err(Block::forbidden("Locked user").into()),
        }
    }
}

struct ActiveUser;

impl Dependency for ActiveUser {
    type From = (Passed<User>,);
    type Error = Problem;

    async fn resolve((Passed(user),): Self::From) -> Result<Self, Problem> {
        if user.name == "bob" { Ok(Self) } else { Err(Problem::bad_request("Inactive user")) }
    }
}

#[tokio::test]
async fn a_dependency_rejects_in_its_own_words_and_fails_without_them() {
    async fn active(_: Depends<Active>) -> &'static str {
        "ran"
    }
    async fn active_user(_: Depends<ActiveUser>) -> &'static str {
        "ran"
    }
    let user = Stack::new().shield(api_token);
    let router = Router::new().route("/active", user.get(active)).route("/user", user.get(active_user));
    let (service, _) = start(router).await;
    let get = |path: &str, token: &str| service.get(path).header("x-api-token", token);
    get("/user", "user").await.status(200).text("ran");
    get("/user", "admin").await.status(400).problem().detail("Inactive user");
    get("/active", "user").await.status(200).text("ran");
    get("/active", "admin").await.status(403).problem().detail("Locked user");
    let failed = get("/active", "guest").await;
    failed.status(503).problem().no_member("detail");
    assert!(!failed.body_text().contains("secret-cause"));
}
