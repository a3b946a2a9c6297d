//! What there is to buy.

use axum::Json;
use serde_json::{Value, json};

use crate::store::Plan;

pub(super) async fn list() -> Json<Value> {
    let plan = |plan: Plan| json!({ "plan": plan, "requests_per_minute": plan.requests_per_minute() });
    Json(Plan::ALL.map(plan).into())
}
