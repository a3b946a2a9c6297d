//! Tenants do not see each other.

use serde_json::{Value, json};
use testudo_testkit::TestService;

use crate::common::{start, token};

async fn create(service: &TestService, path: &str, key: &str, body: Value) -> u64 {
    let created: Value = service.post(path).bearer(&token(key)).json(&body).await.status(201).json();
    created["id"].as_u64().expect("an id")
}

async fn list(service: &TestService, path: &str, key: &str) -> Value {
    service.get(path).bearer(&token(key)).await.status(200).json()
}

#[tokio::test]
async fn two_tenants_see_and_remove_only_their_own_invoices() {
    let (service, _clock) = start().await;
    let invoice = |customer: &str| json!({ "customer": customer, "cents": 4_200 });
    // Both tenants number their rows from 1.
    let ours = create(&service, "/acme/invoices", "acme_owner", invoice("Coyote")).await;
    assert_eq!(create(&service, "/globex/invoices", "globex_owner", invoice("Scorpio")).await, ours);
    let theirs = create(&service, "/globex/invoices", "globex_owner", invoice("Hank")).await;

    let acme = json!([{ "id": ours, "customer": "Coyote", "cents": 4_200 }]);
    let globex = json!([
        { "id": ours, "customer": "Scorpio", "cents": 4_200 },
        { "id": theirs, "customer": "Hank", "cents": 4_200 },
    ]);
    assert_eq!(list(&service, "/acme/invoices", "acme_owner").await, acme);
    assert_eq!(list(&service, "/globex/invoices", "globex_owner").await, globex);

    // The id of another tenant's row is worth nothing, with every scope there is.
    let path = format!("/acme/invoices/{theirs}");
    let detail = format!("there is no invoice {theirs}");
    service.get(&path).bearer(&token("acme_owner")).await.status(404).problem().detail(&detail);
    service.delete(&path).bearer(&token("acme_owner")).await.status(404).problem().detail(&detail);

    let path = format!("/acme/invoices/{ours}");
    let one: Value = service.get(&path).bearer(&token("acme_owner")).await.status(200).json();
    assert_eq!(one, acme[0]);
    service.delete(&path).bearer(&token("acme_owner")).await.status(204);
    assert_eq!(list(&service, "/acme/invoices", "acme_owner").await, json!([]));
    assert_eq!(list(&service, "/globex/invoices", "globex_owner").await, globex);
}

#[tokio::test]
async fn two_tenants_see_only_their_own_members() {
    let (service, _clock) = start().await;
    let ours = create(&service, "/acme/members", "acme_owner", json!({ "name": "Ann" })).await;
    assert_eq!(create(&service, "/globex/members", "globex_owner", json!({ "name": "Bob" })).await, ours);
    assert_eq!(list(&service, "/acme/members", "acme_owner").await, json!([{ "id": ours, "name": "Ann" }]));
    assert_eq!(
        list(&service, "/globex/members", "globex_owner").await,
        json!([{ "id": ours, "name": "Bob" }])
    );
}

#[tokio::test]
async fn another_tenant_and_no_tenant_are_answered_alike() {
    let (service, _clock) = start().await;
    let body = |tenant: &'static str| {
        let service = &service;
        async move {
            let answer = service.get(&format!("/{tenant}/invoices")).bearer(&token("acme_owner")).await;
            answer.status(404).body_text().replace(tenant, "TENANT")
        }
    };
    assert_eq!(body("globex").await, body("nobody").await);
    assert_eq!(body("globex").await, body("ACME").await);
}

#[tokio::test]
async fn a_blocked_creation_stores_nothing() {
    let (service, _clock) = start().await;
    let invoice = json!({ "customer": "Coyote", "cents": 1 });
    for key in ["acme_reader", "acme_manager", "acme_expired", "globex_owner", "nobody"] {
        let answer = service.post("/acme/invoices").bearer(&token(key)).json(&invoice).await;
        assert!(matches!(answer.code(), 401 | 403 | 404), "{key}: {}", answer.code());
    }
    assert_eq!(list(&service, "/acme/invoices", "acme_owner").await, json!([]));
    assert_eq!(list(&service, "/globex/invoices", "globex_owner").await, json!([]));
}

#[tokio::test]
async fn what_does_not_fit_is_refused_and_not_stored() {
    let (service, _clock) = start().await;
    let cases = [
        ("a blank customer", json!({ "customer": " ", "cents": 1 })),
        ("a long customer", json!({ "customer": "x".repeat(101), "cents": 1 })),
        ("nothing to pay", json!({ "customer": "Coyote", "cents": 0 })),
        ("a negative amount", json!({ "customer": "Coyote", "cents": -1 })),
        ("another tenant", json!({ "customer": "Coyote", "cents": 1, "tenant": "globex" })),
    ];
    for (name, invoice) in cases {
        let answer = service.post("/acme/invoices").bearer(&token("acme_owner")).json(&invoice).await;
        assert_eq!(answer.code(), 422, "{name}");
        answer.problem();
    }
    assert_eq!(list(&service, "/acme/invoices", "acme_owner").await, json!([]));
}
