//! What the routes do with products.

use serde_json::{Value, json};
use testudo_testkit::{Answer, Call};

use crate::suite::support::catalogue;

fn as_admin(call: Call) -> Call {
    call.header("x-api-token", "admin_token")
}

fn names(answer: &Answer) -> Vec<String> {
    let products: Vec<Value> = answer.status(200).json();
    products.iter().map(|product| product["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_new_database_has_five_products() {
    let (service, _place) = catalogue().await;
    let seeded = ["Laptop", "Headphones", "Coffee Maker", "Desk Lamp", "Backpack"];
    assert_eq!(names(&service.get("/products").await), seeded);
    assert_eq!(names(&service.get("/protected/products").header("x-api-token", "user1_token").await), seeded);
    service.get("/").await.status(200).text(r#"{"message":"Welcome to the product catalogue"}"#);
    let first: Value = service.get("/products/1").await.status(200).json();
    assert_eq!(
        first,
        json!({"id": 1, "name": "Laptop", "description": "A light laptop with 16 GB of memory", "price": 999.99,
               "category": "electronics", "in_stock": true})
    );
    let fourth: Value = service.get("/products/4").await.status(200).json();
    assert_eq!(fourth["in_stock"], false);
}

#[tokio::test]
async fn what_an_admin_creates_is_there_with_a_number_and_in_stock() {
    let (service, _place) = catalogue().await;
    let fields = json!({"id": 1, "name": "Mug", "description": "", "price": 0, "category": "kitchen"});
    let created = as_admin(service.post("/products")).json(&fields).await;
    created.status(201).header("location", "/products/6");
    let expected = json!({"id": 6, "name": "Mug", "description": "", "price": 0.0, "category": "kitchen", "in_stock": true});
    assert_eq!(created.json::<Value>(), expected);
    assert_eq!(service.get("/products/6").await.status(200).json::<Value>(), expected);
    assert_eq!(service.get("/products/1").await.status(200).json::<Value>()["name"], "Laptop");
}

#[tokio::test]
async fn what_an_admin_replaces_is_replaced_and_nothing_else() {
    let (service, _place) = catalogue().await;
    let fields = json!({"id": 5, "name": "Tablet", "description": "Flat", "price": 1.5, "category": "c", "in_stock": false});
    let expected = json!({"id": 2, "name": "Tablet", "description": "Flat", "price": 1.5, "category": "c", "in_stock": false});
    let replaced = as_admin(service.put("/products/2")).json(&fields).await;
    assert_eq!(replaced.status(200).json::<Value>(), expected);
    assert_eq!(service.get("/products/2").await.status(200).json::<Value>(), expected);
    let others = ["Laptop", "Tablet", "Coffee Maker", "Desk Lamp", "Backpack"];
    assert_eq!(names(&service.get("/products").await), others);
    as_admin(service.put("/products/99"))
        .json(&fields)
        .await
        .status(404)
        .problem()
        .detail("Product not found");
}

#[tokio::test]
async fn what_an_admin_deletes_is_gone_and_its_number_is_not_given_out_again() {
    let (service, _place) = catalogue().await;
    as_admin(service.delete("/products/5")).await.status(204).text("");
    service.get("/products/5").await.status(404).problem().detail("Product not found");
    as_admin(service.delete("/products/5")).await.status(404);
    assert_eq!(names(&service.get("/products").await).len(), 4);
    let fields = json!({"name": "Mug", "description": "", "price": 3, "category": "kitchen"});
    as_admin(service.post("/products")).json(&fields).await.status(201).header("location", "/products/6");
}

#[tokio::test]
async fn what_does_not_fit_is_named_and_not_stored() {
    let text = |length: usize| "\u{e9}".repeat(length);
    let (service, _place) = catalogue().await;
    for (name, field, value, expected) in [
        ("negative price", "price", json!(-0.01), 422),
        ("free", "price", json!(0), 201),
        ("dearest", "price", json!(1_000_000), 201),
        ("too dear", "price", json!(1_000_000.01), 422),
        ("price in words", "price", json!("ten"), 422),
        ("no price", "price", Value::Null, 422),
        ("empty name", "name", json!(""), 422),
        ("blank name", "name", json!(" \t"), 422),
        ("longest name", "name", json!(text(100)), 201),
        ("name too long", "name", json!(text(101)), 422),
        ("name that is SQL", "name", json!("'); DROP TABLE products; --"), 201),
        ("longest description", "description", json!(text(1_000)), 201),
        ("description too long", "description", json!(text(1_001)), 422),
        ("blank category", "category", json!(" "), 422),
        ("longest category", "category", json!(text(50)), 201),
        ("category too long", "category", json!(text(51)), 422),
        ("stock in words", "in_stock", json!("yes"), 422),
    ] {
        let mut fields = json!({"name": "Mug", "description": "d", "price": 3, "category": "kitchen"});
        fields[field] = value;
        let before = names(&service.get("/products").await).len();
        let answer = as_admin(service.post("/products")).json(&fields).await;
        assert_eq!(answer.code(), expected, "{name}: {}", answer.body_text());
        if expected == 422 {
            answer.problem().error_in("body", field);
            assert_eq!(names(&service.get("/products").await).len(), before, "{name}");
            as_admin(service.put("/products/1"))
                .json(&fields)
                .await
                .status(422)
                .problem()
                .error_in("body", field);
        }
    }
}

#[tokio::test]
async fn everything_that_does_not_fit_is_named_at_once() {
    let (service, _place) = catalogue().await;
    let fields = json!({"name": "", "description": "", "price": -1, "category": ""});
    let answer = as_admin(service.post("/products")).json(&fields).await;
    let problem = answer.status(422).problem();
    for field in ["name", "price", "category"] {
        problem.error_in("body", field);
    }
    assert!(problem.body().to_string().contains(r##""pointer":"#/price""##), "{}", problem.body());
}

#[tokio::test]
async fn bad_content_and_bad_numbers_are_told_apart() {
    let (service, _place) = catalogue().await;
    as_admin(service.post("/products"))
        .header("content-type", "application/json")
        .body("{")
        .await
        .status(400)
        .problem();
    as_admin(service.post("/products"))
        .header("content-type", "text/plain")
        .body("{}")
        .await
        .status(415)
        .problem();
    as_admin(service.post("/products")).json(&json!({})).await.status(422).problem().error_in("body", "name");
    as_admin(service.delete("/products/one")).await.status(422).problem().error_in("path", "id");
    service.get("/products/one").await.status(422).problem().error_in("path", "id");
    service.get("/products/-1").await.status(404).problem();
}
