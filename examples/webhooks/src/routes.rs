//! Who may call what.

use axum::{
    Json,
    extract::{DefaultBodyLimit, State},
};
use serde_json::{Value, json};
use testudo::prelude::*;

use crate::{
    App, Inbox,
    events::{InvoicePaid, PushEvent},
    shields::{Signed, billing_header, billing_signature, github_header, github_signature},
};

/// Largest content that is read, in bytes: it is held in memory before anybody knows who sent it.
pub const CONTENT_MAX_BYTES: usize = 256 * 1_024;

/// Every route of the service.
pub fn routes() -> Router<App> {
    let open = Stack::public("it says no more than that the hooks are there");
    let github = Stack::new().shield(github_header).shield(github_signature);
    let billing = Stack::new().shield(billing_header).shield(billing_signature);

    Router::new()
        .route("/", open.get(index))
        .route("/hooks/github", github.post(pushed))
        .route("/hooks/billing", billing.post(paid))
        .layer(DefaultBodyLimit::max(CONTENT_MAX_BYTES))
}

async fn index() -> Json<Value> {
    Json(json!({ "hooks": ["/hooks/github", "/hooks/billing"] }))
}

// The event is the proof: nobody but the shield that verified its signature can make a `Signed`.
async fn pushed(
    Passed(event): Passed<Signed<PushEvent>>,
    State(inbox): State<Inbox<PushEvent>>,
) -> Json<Value> {
    let repository = event.repository.full_name.clone();
    Json(json!({ "repository": repository, "delivery": inbox.receive(event) }))
}

async fn paid(
    Passed(event): Passed<Signed<InvoicePaid>>,
    State(inbox): State<Inbox<InvoicePaid>>,
) -> Json<Value> {
    let invoice = event.invoice.clone();
    Json(json!({ "invoice": invoice, "delivery": inbox.receive(event) }))
}
