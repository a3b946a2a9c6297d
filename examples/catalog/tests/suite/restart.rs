//! What a restart leaves as it was.

use serde_json::{Value, json};
use testudo::Environment;

use crate::suite::support::{Place, start};

#[tokio::test]
async fn stored_is_stored_and_deleted_is_gone() {
    let place = Place::new();
    let service = start(place.surroundings(Environment::Development)).await;
    let fields = json!({"name": "Mug", "description": "Blue", "price": 3.25, "category": "kitchen", "in_stock": false});
    let created = service.post("/products").bearer("admin_token").json(&fields).await;
    let created: Value = created.status(201).header("location", "/products/6").json();
    let changed = service.put("/products/2").bearer("admin_token").json(&fields).await;
    let changed: Value = changed.status(200).json();
    for id in [1, 3, 4, 5] {
        service.delete(&format!("/products/{id}")).bearer("admin_token").await.status(204);
    }
    let answer =
        service.post("/token").json(&json!({"username": "user1", "password": "user1_password"})).await;
    let token: Value = answer.status(200).json();
    service.stop().await;

    let service = start(place.surroundings(Environment::Development)).await;
    assert_eq!(service.get("/products").await.status(200).json::<Value>(), json!([changed, created]));
    service.get("/products/1").await.status(404);
    let token = token["access_token"].as_str().expect("a token");
    service.get("/me").bearer(token).await.status(200);
}

#[tokio::test]
async fn an_emptied_catalogue_is_not_seeded_again() {
    let place = Place::new();
    let service = start(place.surroundings(Environment::Development)).await;
    for id in 1..=5 {
        service.delete(&format!("/products/{id}")).bearer("admin_token").await.status(204);
    }
    service.stop().await;
    let service = start(place.surroundings(Environment::Development)).await;
    service.get("/products").await.status(200).text("[]");
}
