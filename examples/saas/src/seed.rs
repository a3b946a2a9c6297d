//! What a developer finds in the store. No other environment calls this.

use std::{num::NonZeroU64, time::Duration};

use crate::{
    App,
    shields::{InvoicesRead, InvoicesWrite, MembersAdmin, ScopeName},
    store::{Name, Plan, StoredKey},
};

const LIFETIME: Duration = Duration::from_hours(30 * 24);

/// Two tenants with an invoice each. Their keys are `acme_reader.development`, `acme_writer.development`,
/// `acme_admin.development` and `globex_admin.development`.
pub(crate) fn development(app: &App) {
    let reader = [InvoicesRead::NAME];
    let writer = [InvoicesRead::NAME, InvoicesWrite::NAME];
    let admin = [InvoicesRead::NAME, InvoicesWrite::NAME, MembersAdmin::NAME];
    let keys: [(&str, &str, Plan, &[&'static str]); 4] = [
        ("acme_reader", "acme", Plan::Free, &reader),
        ("acme_writer", "acme", Plan::Free, &writer),
        ("acme_admin", "acme", Plan::Free, &admin),
        ("globex_admin", "globex", Plan::Team, &admin),
    ];
    let expires_at = app.clock.now() + LIFETIME;
    for (prefix, tenant, plan, scopes) in keys {
        app.store.add_key(prefix, StoredKey::new("development", tenant, plan, scopes, expires_at));
    }
    for (tenant, customer) in [("acme", "Wile E. Coyote"), ("globex", "Hank Scorpio")] {
        let customer = Name::try_from(customer.to_owned()).expect("a name of a seed is a valid name");
        app.store.add_first_invoice(tenant, customer, NonZeroU64::MIN.saturating_add(4_199));
    }
}
