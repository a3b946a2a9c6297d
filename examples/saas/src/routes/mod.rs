//! Who may call what.

mod invoices;
mod key;
mod members;
mod plans;

use testudo::prelude::*;

use crate::{
    App,
    shields::{ApiKey, Tenant, WithinPlan, api_key, plan_limit, same_tenant},
};

/// A key within its plan, asking for its own tenant: what the files below build on. A stack that passes less does
/// not compile here, whichever shield it lacks.
type TenantStack = Stack<App, Passes![ApiKey, protects WithinPlan, Tenant]>;

/// Every route of the service.
pub fn routes() -> Router<App> {
    let open = Stack::public("prices are for everybody");
    let key = Stack::new().shield(api_key).shield(plan_limit);
    let tenant = key.shield(same_tenant);

    Router::new()
        .route("/plans", open.get(plans::list))
        .route("/key", key.get(key::about))
        .nest("/{tenant}", invoices::routes(&tenant).merge(members::routes(&tenant)))
}
