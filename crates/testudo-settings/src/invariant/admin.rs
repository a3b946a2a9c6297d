//! The listener for operators.

use super::{Rule, entropy::weakness, when};
use crate::sections::Settings;

pub(super) const RULES: &[Rule] = &[
    Rule { keys: &["admin.token"], check: strong },
    Rule { keys: &["admin.token", "admin.host"], check: needed_off_loopback },
];

fn strong(settings: &Settings) -> Vec<String> {
    let weakness = settings.admin.token.as_ref().and_then(|token| weakness(token.expose()));
    let message =
        |weakness| format!("the token can be guessed: {weakness}; take one from `openssl rand -hex 32`");
    weakness.map(message).into_iter().collect()
}

fn needed_off_loopback(settings: &Settings) -> Vec<String> {
    let (admin, environment) = (&settings.admin, settings.environment);
    when(
        environment.is_exposed() && admin.enabled && !admin.host.is_loopback() && admin.token.is_none(),
        format!(
            "missing: {environment} needs a token where others than this machine can connect; set \
             TESTUDO__ADMIN__TOKEN_FILE, or listen on 127.0.0.1"
        ),
    )
}
