//! What a developer finds in the store. No other environment calls this.

use std::time::Duration;

use crate::{
    App,
    shields::{InvoicesRead, InvoicesWrite, MembersAdmin, ScopeName},
    store::{Plan, StoredKey},
};

const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// Two tenants whose keys everybody knows: `acme_reader.development`, `acme_owner.development` and
/// `globex_owner.development`.
pub(crate) fn development(app: &App) {
    let all = [InvoicesRead::NAME, InvoicesWrite::NAME, MembersAdmin::NAME];
    let keys: [(&str, &str, Plan, &[&'static str]); 3] = [
        ("acme_reader", "acme", Plan::Free, &[InvoicesRead::NAME]),
        ("acme_owner", "acme", Plan::Free, &all),
        ("globex_owner", "globex", Plan::Team, &all),
    ];
    for (prefix, tenant, plan, scopes) in keys {
        let expires_at = app.clock.now() + LIFETIME;
        app.store.add_key(prefix, StoredKey::new("development", tenant, plan, scopes, expires_at));
    }
}
