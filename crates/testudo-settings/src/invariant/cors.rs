//! Calls from pages of other origins (the Fetch standard, section 3.3).

use super::{Rule, origin::complaint, when};
use crate::{sections::Settings, suggest::did_you_mean};

pub(super) const RULES: &[Rule] = &[
    Rule { keys: &["cors.origins", "cors.credentials"], check: no_wildcard_with_credentials },
    Rule { keys: &["cors.origins"], check: wildcard_stands_alone },
    Rule { keys: &["cors.origins"], check: well_formed_origins },
    Rule { keys: &["cors.methods"], check: known_methods },
    Rule { keys: &["cors.headers"], check: |settings| field_names(&settings.cors.headers) },
    Rule { keys: &["cors.expose"], check: |settings| field_names(&settings.cors.expose) },
    Rule { keys: &["cors.max_age"], check: max_age },
];

/// RFC 9110, section 9.1; RFC 5789 for PATCH; RFC 4918, RFC 3253 and RFC 5323 for those of `WebDAV`.
const METHODS: [&str; 16] = [
    "GET",
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "PATCH",
    "COPY",
    "LOCK",
    "MKCOL",
    "MOVE",
    "PROPFIND",
    "PROPPATCH",
    "REPORT",
    "SEARCH",
    "UNLOCK",
];

/// Methods that pages can never use (the Fetch standard, section 2.2.1).
const FORBIDDEN: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];

/// Browsers use no more (Firefox; others less).
const MAX_AGE_SECONDS: u64 = 24 * 3_600;

fn is_wildcard(settings: &Settings) -> bool {
    settings.cors.origins.iter().any(|origin| origin == "*")
}

fn no_wildcard_with_credentials(settings: &Settings) -> Vec<String> {
    let message = "`*` with credentials lets every page act as its visitor; list the origins, or set \
                   `cors.credentials = false`";
    when(is_wildcard(settings) && settings.cors.credentials, message)
}

fn wildcard_stands_alone(settings: &Settings) -> Vec<String> {
    when(
        is_wildcard(settings) && settings.cors.origins.len() > 1,
        "`*` already stands for every origin; write it alone, or leave it out",
    )
}

fn well_formed_origins(settings: &Settings) -> Vec<String> {
    settings.cors.origins.iter().filter_map(|origin| complaint(origin)).collect()
}

fn known_methods(settings: &Settings) -> Vec<String> {
    let message = |method: &String| {
        let upper = method.to_uppercase();
        match METHODS.contains(&method.as_str()) {
            true => None,
            false if FORBIDDEN.contains(&upper.as_str()) => {
                Some(format!("browsers never let a page use `{method}`; leave it out"))
            }
            false => Some(format!("`{method}` is no method{}", did_you_mean(&upper, METHODS))),
        }
    };
    settings.cors.methods.iter().filter_map(message).collect()
}

/// RFC 9110, section 5.1: a field name is a token (section 5.6.2). Its `*` is left out: browsers take it for all names.
fn field_names(names: &[String]) -> Vec<String> {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte);
    let is_name = |name: &str| !name.is_empty() && name.bytes().all(is_letter);
    let wrong = names.iter().filter(|name| !is_name(name));
    wrong
        .map(|name| format!("`{name}` is no name of a header field; write one such as `x-request-id`"))
        .collect()
}

fn max_age(settings: &Settings) -> Vec<String> {
    when(
        settings.cors.max_age.as_secs() > MAX_AGE_SECONDS,
        "browsers remember for 24 hours at most; write `24h`",
    )
}
