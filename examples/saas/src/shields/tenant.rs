//! Which tenant?

use std::sync::Arc;

use axum::extract::Path;
use serde::Deserialize;
use testudo::prelude::*;

use super::ApiKey;

/// The tenant that the request is for, which is the key's own. Only [`same_tenant()`] makes it.
#[derive(Debug, Clone)]
pub struct Tenant(Arc<str>);

impl Tenant {
    /// The tenant's id, as paths have it.
    pub fn id(&self) -> &str {
        &self.0
    }
}

/// The `{tenant}` of a path; other parameters are for the handler.
#[derive(Debug, Deserialize)]
pub struct TenantPath {
    tenant: String,
}

/// Passes the tenant of the path if the key is of that tenant.
///
/// Anything else is answered like a path that does not exist: whether there is such a tenant is nobody's business.
#[shield(name = "Same Tenant", decides, status = 404, detail = "there is nothing at this path")]
pub fn same_tenant(Path(path): Path<TenantPath>, Passed(key): Passed<ApiKey>) -> Option<Tenant> {
    (path.tenant == key.tenant()).then(|| Tenant(path.tenant.into()))
}
