//! Two tenants, and a key for each kind of caller.

use std::time::Duration;

use saas::{
    App,
    routes::routes,
    shields::{InvoicesRead, InvoicesWrite, MembersAdmin, ScopeName},
    store::{Plan, StoredKey},
};
use testudo_testkit::{MockClock, Role, TestService};

/// How long a key of these tests is valid.
pub(crate) const KEY_LIFETIME: Duration = Duration::from_hours(1);

const ALL_SCOPES: [&str; 3] = [InvoicesRead::NAME, InvoicesWrite::NAME, MembersAdmin::NAME];

/// Prefix, tenant, plan, scopes, and whether the key has expired. The secret of each is `secret`.
const KEYS: [(&str, &str, Plan, &[&str], bool); 7] = [
    ("acme_reader", "acme", Plan::Free, &[InvoicesRead::NAME], false),
    ("acme_writer", "acme", Plan::Free, &[InvoicesWrite::NAME], false),
    ("acme_manager", "acme", Plan::Free, &[MembersAdmin::NAME], false),
    ("acme_owner", "acme", Plan::Free, &ALL_SCOPES, false),
    ("acme_expired", "acme", Plan::Free, &ALL_SCOPES, true),
    ("globex_owner", "globex", Plan::Free, &ALL_SCOPES, false),
    ("globex_team", "globex", Plan::Team, &ALL_SCOPES, false),
];

/// The service with these keys and no rows, at a time that stands still.
pub(crate) async fn start() -> (TestService, MockClock) {
    let clock = MockClock::default();
    let app = App::empty(clock.clock());
    for (prefix, tenant, plan, scopes, expired) in KEYS {
        let now = clock.clock().now();
        let expires_at = if expired { now } else { now + KEY_LIFETIME };
        app.store.add_key(prefix, StoredKey::new("secret", tenant, plan, scopes, expires_at));
    }
    (TestService::start(routes(), app).await, clock)
}

/// The credential of a key.
pub(crate) fn token(prefix: &str) -> String {
    format!("{prefix}.secret")
}

/// A caller with a key.
pub(crate) fn holder(prefix: &str) -> Role {
    Role::new(prefix).bearer(&token(prefix))
}
