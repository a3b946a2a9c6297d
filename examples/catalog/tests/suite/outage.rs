//! A database that fails while the service runs.

use crate::suite::support::catalogue;

#[tokio::test]
async fn a_token_that_cannot_be_looked_up_is_a_fail_and_never_a_wrong_token() {
    let (service, place) = catalogue().await;
    place.execute("ALTER TABLE tokens RENAME TO lost").await;
    for token in ["admin_token", "wrong"] {
        let answer = service.delete("/products/1").bearer(token).await;
        answer.status(503).no_header("www-authenticate").problem().no_member("shield");
        assert!(answer.header_value("retry-after").is_some());
        assert!(!answer.body_text().contains("tokens"), "{}", answer.body_text());
    }
    service.get("/me").await.status(401);
    service.get("/products/1").await.status(200);
}

#[tokio::test]
async fn products_that_cannot_be_read_are_a_fault_that_keeps_its_cause_to_itself() {
    let (service, place) = catalogue().await;
    place.execute("ALTER TABLE products RENAME TO lost").await;
    let answer = service.get("/products").await;
    answer.status(500).problem();
    assert!(!answer.body_text().contains("no such table"), "{}", answer.body_text());
}
