//! Who gets past which shields.

use testudo_testkit::assert_access;

use crate::suite::support::{anonymous, catalogue, with_token};

#[tokio::test]
async fn every_role_gets_what_the_product_page_says() {
    let (service, _place) = catalogue().await;
    let [wrong, guest, user, admin] = ["wrong", "guest_token", "user1_token", "admin_token"].map(with_token);
    assert_access!(service, [anonymous(), wrong, guest, user, admin], {
        GET    "/"                   => [200, 200, 200, 200, 200],
        GET    "/products"           => [200, 200, 200, 200, 200],
        GET    "/products/1"         => [200, 200, 200, 200, 200],
        POST   "/products"           => [401, 401, 403, 403, 415],
        PUT    "/products/1"         => [401, 401, 403, 403, 415],
        DELETE "/products/999"       => [401, 401, 403, 403, 404],
        GET    "/protected/products" => [401, 401, 403, 200, 200],
        POST   "/token"              => [415, 415, 415, 415, 415],
        GET    "/me"                 => [401, 401, 200, 200, 200],
        GET    "/nothing"            => [404, 404, 404, 404, 404],
        DELETE "/me"                 => [405, 405, 405, 405, 405],
    });
}

#[tokio::test]
async fn whoever_lacks_the_role_deletes_nothing() {
    let (service, _place) = catalogue().await;
    service
        .delete("/products/1")
        .await
        .status(401)
        .header("www-authenticate", "Bearer")
        .problem()
        .shield("API Token");
    service
        .delete("/products/1")
        .header("x-api-token", "user1_token")
        .await
        .status(403)
        .problem()
        .shield("Admin");
    service.get("/products/1").await.status(200);
}

#[tokio::test]
async fn a_token_is_accepted_in_both_headers_and_in_no_other_form() {
    struct Case {
        name: &'static str,
        headers: &'static [(&'static str, &'static str)],
        expected: u16,
    }
    let cases = [
        Case { name: "own header", headers: &[("x-api-token", "user1_token")], expected: 200 },
        Case { name: "bearer", headers: &[("authorization", "Bearer user1_token")], expected: 200 },
        Case {
            name: "scheme in small letters",
            headers: &[("authorization", "bearer  user1_token")],
            expected: 200,
        },
        Case { name: "another scheme", headers: &[("authorization", "Basic user1_token")], expected: 401 },
        Case { name: "no scheme", headers: &[("authorization", "user1_token")], expected: 401 },
        Case { name: "scheme alone", headers: &[("authorization", "Bearer ")], expected: 401 },
        Case { name: "empty", headers: &[("x-api-token", "")], expected: 401 },
        Case { name: "no text", headers: &[("x-api-token", "\u{fc}ser1_token")], expected: 401 },
        Case { name: "another case", headers: &[("x-api-token", "USER1_TOKEN")], expected: 401 },
        Case { name: "a pattern", headers: &[("x-api-token", "%")], expected: 401 },
        Case {
            name: "a wrong one beside a right one",
            headers: &[("x-api-token", "wrong"), ("authorization", "Bearer user1_token")],
            expected: 401,
        },
    ];
    let (service, _place) = catalogue().await;
    for case in cases {
        let call =
            case.headers.iter().fold(service.get("/me"), |call, (name, value)| call.header(name, value));
        assert_eq!(call.await.code(), case.expected, "{}", case.name);
    }
}

#[tokio::test]
async fn me_is_the_caller_and_never_a_hash() {
    let (service, _place) = catalogue().await;
    for (token, expected) in [
        (
            "admin_token",
            r#"{"id":1,"username":"admin","email":"admin@example.com","roles":["admin","user"]}"#,
        ),
        ("user1_token", r#"{"id":2,"username":"user1","email":"user1@example.com","roles":["user"]}"#),
        ("guest_token", r#"{"id":3,"username":"guest","email":"guest@example.com","roles":["guest"]}"#),
    ] {
        service.get("/me").header("x-api-token", token).await.status(200).text(expected);
    }
}
