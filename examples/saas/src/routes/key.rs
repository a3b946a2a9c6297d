//! What a key may know about itself.

use axum::Json;
use serde_json::{Value, json};
use testudo::prelude::*;

use crate::shields::{ApiKey, WithinPlan};

pub(super) async fn about(Passed(key): Passed<ApiKey>, Passed(within): Passed<WithinPlan>) -> Json<Value> {
    Json(json!({
        "key": key.prefix(),
        "tenant": key.tenant(),
        "plan": key.plan(),
        "scopes": key.scopes(),
        "remaining_this_minute": within.remaining,
    }))
}
