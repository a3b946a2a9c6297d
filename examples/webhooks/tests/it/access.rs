//! Who gets what from which route.

use testudo::Rule;
use testudo_testkit::{Role, assert_access, assert_access_matrix};
use webhooks::routes::routes;

use crate::common::{BILLING_SECRET, GITHUB_SECRET, billing_header, hmac, start};

#[tokio::test]
async fn a_hook_is_open_to_its_provider_and_to_nobody_else() {
    let (service, app, clock) = start().await;
    let now = clock.clock().unix_seconds();
    let nobody = Role::anonymous();
    let github = |secret| format!("sha256={}", hmac(secret, b""));
    let github_caller = Role::new("GitHub")
        .header("x-hub-signature-256", &github(GITHUB_SECRET))
        .header("x-github-event", "push")
        .header("x-github-delivery", "1");
    let billing_caller =
        Role::new("billing").header("x-signature", &billing_header(BILLING_SECRET, now, b""));
    let forger = Role::new("forger")
        .header("x-hub-signature-256", &github(BILLING_SECRET))
        .header("x-signature", &billing_header(GITHUB_SECRET, now, b""));
    // Requests of this table have no content, which is 400 for whoever has signed it.
    assert_access!(service, [nobody, github_caller, billing_caller, forger], {
        GET  "/"              => [200, 200, 200, 200],
        POST "/hooks/github"  => [401, 400, 401, 401],
        POST "/hooks/billing" => [401, 401, 400, 401],
    });
    assert!(app.pushes.events().is_empty() && app.payments.events().is_empty());
}

#[test]
fn only_the_index_is_public_and_no_route_is_without_its_proof() {
    for route in routes().access_matrix().routes() {
        let public = matches!(route.rule(), Rule::Public { .. });
        assert_eq!(public, route.path() == "/", "{} {}", route.method(), route.path());
        assert_eq!(route.unproven(), None, "{} {}", route.method(), route.path());
    }
}

#[test]
fn access_matrix_snapshot() {
    assert_access_matrix(
        routes().access_matrix(),
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/access_matrix.txt"),
    );
}
