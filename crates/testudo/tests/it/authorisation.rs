//! F. Authorisation.

use axum::http::{HeaderMap, StatusCode};
use testudo::{BoxError, Requirement, prelude::*};
use testudo_testkit::{Events, Role, TestService, assert_access};

use crate::fixture::{App, User, api_token, is_admin, ok, start};

#[shield(name = "Roles", decides, detail = format!("one of the roles {:?} is required", required.required()))]
fn roles(Passed(user): Passed<User>, #[with] required: &Requirement<&'static str>) -> bool {
    required.is_met_by(|role| user.roles.contains(role))
}

#[tokio::test]
async fn any_of_and_all_of_roles_admit_exactly_those_who_have_them() {
    let user = Stack::<App>::new().shield(api_token);
    let router = Router::new()
        .route("/any", user.shield(roles(Requirement::any_of(["admin", "user"]))).get(ok))
        .route("/all", user.shield(roles(Requirement::all_of(["admin", "user"]))).get(ok))
        .route("/admin", user.shield(roles(Requirement::any_of(["admin"]))).get(ok));
    let (service, _) = start(router).await;
    let by = |token: &str| Role::new(token).header("x-api-token", token);
    let (admin, user, guest) = (by("admin"), by("user"), by("guest"));
    assert_access!(service, [admin, user, guest, Role::anonymous()], {
        GET "/any" => [200, 200, 403, 401],
        GET "/all" => [200, 403, 403, 401],
        GET "/admin" => [200, 403, 403, 401],
    });
}

#[test]
fn an_empty_requirement_from_settings_is_an_error() {
    assert!(Requirement::<&str>::try_any_of(vec![]).is_err());
    assert!(Requirement::<&str>::try_all_of(vec![]).is_err());
    assert!(!Requirement::all_of(["admin"]).is_met_by(|_| false));
}

#[tokio::test]
async fn no_credential_on_an_admin_route_is_an_authentication_failure() {
    let admin = Stack::new().shield(api_token).shield(is_admin);
    let (service, _) = start(Router::new().route("/", admin.get(ok))).await;
    service.get("/").await.status(401).problem().shield("API Token");
    service.get("/").header("x-api-token", "user").await.status(403).problem().shield("Admin");
}

/// Answers as its header says.
macro_rules! scripted {
    ($shield:ident, $name:literal, $header:literal) => {
        #[shield(name = $name, decides, status = 401, detail = $name)]
        fn $shield(headers: HeaderMap) -> Result<Option<String>, BoxError> {
            match headers.get($header).and_then(|value| value.to_str().ok()) {
                Some("pass") => Ok(Some($name.to_owned())),
                Some("fail") => Err("down".into()),
                _ => Ok(None),
            }
        }
    };
}

scripted!(by_token, "Token", "x-token");
scripted!(by_cookie, "Cookie", "x-cookie");

#[tokio::test]
async fn or_takes_the_first_pass_also_after_a_fail_and_never_hides_a_fail_behind_a_block() {
    async fn who(Passed(name): Passed<String>) -> String {
        name
    }
    let either = Stack::new().shield(by_token.or(by_cookie));
    let events = Events::default();
    let router = Router::new().route("/", either.get(who));
    let service = TestService::new(router, App::default()).listen(events.clone()).start().await;

    for (token, cookie, status, heard) in [
        ("pass", "pass", 200, &["Token: success"][..]),
        ("block", "pass", 200, &["Token: blocked", "Cookie: success"]),
        ("fail", "pass", 200, &["Token: error", "Cookie: success"]),
        ("pass", "fail", 200, &["Token: success"]),
        ("block", "block", 401, &["Token: blocked", "Cookie: blocked"]),
        ("block", "fail", 503, &["Token: blocked", "Cookie: error"]),
        ("fail", "block", 503, &["Token: error", "Cookie: blocked"]),
        ("fail", "fail", 503, &["Token: error", "Cookie: error"]),
    ] {
        let answer = service.get("/").header("x-token", token).header("x-cookie", cookie).await;
        assert_eq!(answer.code(), status, "{token} {cookie}");
        assert_eq!(events.lines(), heard, "{token} {cookie}");
    }
    let both = service.get("/").await;
    both.status(401).problem().shield("Token").detail("Token");
    let challenges = both.header_values("www-authenticate");
    assert_eq!(challenges, ["Shield realm=\"Token\"", "Shield realm=\"Cookie\""]);
}

#[tokio::test]
async fn a_shield_may_hide_that_something_exists() {
    async fn gone() -> StatusCode {
        StatusCode::NO_CONTENT
    }
    #[shield(name = "Owner", decides, status = 404, detail = "there is nothing at this path")]
    fn owner(Passed(user): Passed<User>) -> Option<u8> {
        (user.name == "ann").then_some(1)
    }
    let stack = Stack::new().shield(api_token).shield(owner);
    let (service, _) = start(Router::new().route("/", stack.get(gone))).await;
    service.get("/").header("x-api-token", "user").await.status(404);
    service.get("/").header("x-api-token", "admin").await.status(204);
}

/// Says that its credential is missing, or that it is wrong.
macro_rules! credential {
    ($shield:ident, $header:literal) => {
        #[shield(decides, status = 401)]
        fn $shield(headers: &HeaderMap) -> Result<Option<String>, Block> {
            let value = headers.get($header).ok_or_else(Block::missing)?;
            Ok((value == "good").then(|| $header.to_owned()))
        }
    };
}

credential!(token_credential, "x-token");
credential!(cookie_credential, "x-cookie");

#[tokio::test]
async fn an_optional_choice_forgives_only_when_every_credential_is_missing() {
    async fn who(Passed(name): Passed<Option<String>>) -> String {
        name.unwrap_or_else(|| "nobody".to_owned())
    }
    let open = Stack::public("the shield says");
    let router = Router::new()
        .route("/a", open.shield(token_credential.or(cookie_credential).optional()).get(who))
        .route("/b", open.shield(cookie_credential.or(token_credential).optional()).get(who));
    let (service, _) = start(router).await;
    for path in ["/a", "/b"] {
        service.get(path).await.status(200).text("nobody");
        service.get(path).header("x-token", "bad").await.status(401);
        service.get(path).header("x-cookie", "bad").await.status(401);
        service
            .get(path)
            .header("x-token", "bad")
            .header("x-cookie", "good")
            .await
            .status(200)
            .text("x-cookie");
    }
}
