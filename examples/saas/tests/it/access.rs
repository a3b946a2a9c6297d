//! Who gets what from which route.

use saas::routes::routes;
use testudo::Rule;
use testudo_testkit::{Role, assert_access, assert_access_matrix};

use crate::common::{holder, start, token};

/// Every route but the public one, with a scope that opens it.
const GUARDED: [(&str, &str, Option<&str>); 7] = [
    ("GET", "/key", None),
    ("GET", "/acme/invoices", Some("invoices:read")),
    ("GET", "/acme/invoices/999", Some("invoices:read")),
    ("POST", "/acme/invoices", Some("invoices:write")),
    ("DELETE", "/acme/invoices/999", Some("invoices:write")),
    ("GET", "/acme/members", Some("members:admin")),
    ("POST", "/acme/members", Some("members:admin")),
];

#[tokio::test]
async fn each_caller_gets_what_its_key_and_its_scopes_say() {
    let (service, _clock) = start().await;
    let anonymous = Role::anonymous();
    let [reader, writer, manager] = ["acme_reader", "acme_writer", "acme_manager"].map(holder);
    let [owner, expired, stranger] = ["acme_owner", "acme_expired", "globex_owner"].map(holder);
    // Without content, whoever may create gets 415; whoever may see or remove what is not there gets 404, and so does
    // a stranger: whose 404 it is, the next test tells.
    assert_access!(service, [anonymous, reader, writer, manager, owner, expired, stranger], {
        GET    "/plans"             => [200, 200, 200, 200, 200, 200, 200],
        GET    "/key"               => [401, 200, 200, 200, 200, 401, 200],
        GET    "/acme/invoices"     => [401, 200, 403, 403, 200, 401, 404],
        GET    "/acme/invoices/999" => [401, 404, 403, 403, 404, 401, 404],
        POST   "/acme/invoices"     => [401, 403, 415, 403, 415, 401, 404],
        DELETE "/acme/invoices/999" => [401, 403, 404, 403, 404, 401, 404],
        GET    "/acme/members"      => [401, 403, 403, 200, 200, 401, 404],
        POST   "/acme/members"      => [401, 403, 403, 415, 415, 401, 404],
    });
}

#[tokio::test]
async fn a_key_of_another_tenant_is_stopped_before_any_row_is_looked_for() {
    let (service, _clock) = start().await;
    for (method, path, scope) in GUARDED {
        let answer = service.call(method.parse().unwrap(), path).bearer(&token("globex_owner")).await;
        if scope.is_some() {
            answer.status(404).problem().shield("Same Tenant").detail("there is nothing at this path");
        }
    }
}

#[tokio::test]
async fn a_missing_scope_is_named_in_the_problem_and_in_the_challenge() {
    let (service, _clock) = start().await;
    for (method, path, scope) in GUARDED {
        let Some(scope) = scope else { continue };
        let other = if scope == "members:admin" { "acme_reader" } else { "acme_manager" };
        let answer = service.call(method.parse().unwrap(), path).bearer(&token(other)).await;
        answer
            .status(403)
            .header("www-authenticate", &format!(r#"Bearer error="insufficient_scope", scope="{scope}""#))
            .problem()
            .shield(&format!("Scope {scope}"))
            .detail(&format!("this API key does not have the scope `{scope}`"));
    }
}

#[test]
fn only_prices_are_public_and_no_route_is_without_its_proof() {
    for route in routes().access_matrix().routes() {
        let public = matches!(route.rule(), Rule::Public { .. });
        assert_eq!(public, route.path() == "/plans", "{} {}", route.method(), route.path());
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
