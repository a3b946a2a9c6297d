//! How it is decided who may call what, in the order in which the routes stack it: whose key, how often, which
//! tenant, which scope.

mod key;
mod plan;
mod scopes;
mod tenant;

pub use key::{ApiKey, api_key};
pub use plan::{Limiter, WithinPlan, plan_limit};
pub use scopes::{InvoicesRead, InvoicesWrite, MembersAdmin, Scope, ScopeName, scope};
pub use tenant::{Tenant, same_tenant};
