//! What is allowed, though somebody should have decided so.

use std::{fmt, net::IpAddr};

use super::{Rule, exposure, findings, origin::host_and_port, when};
use crate::{
    environment::Environment,
    error::SettingsError,
    key::Key,
    sections::{LogLevel, Settings},
    shape::{Node, find},
    source::Source,
    tree::Tree,
};

/// A setting that is allowed but worth a word.
///
/// ```
/// use testudo_settings::{Loader, NoApp};
///
/// let loader = Loader::new().working_dir("/nowhere").flag("environment", "test").flag("cors.origins", "*");
/// let loaded = loader.load::<NoApp>().unwrap();
/// let [warning] = loaded.warnings() else { panic!() };
/// assert_eq!(warning.key(), "cors.origins");
/// assert_eq!(warning.source().unwrap().to_string(), "--set cors.origins");
/// assert!(warning.message().starts_with("pages of every origin"));
/// assert_eq!(
///     warning.to_string(),
///     r#"--set cors.origins = ["*"]: pages of every origin may read what the service answers"#
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning(SettingsError);

impl Warning {
    /// The setting.
    pub fn key(&self) -> &str {
        self.0.key()
    }

    /// Where its value comes from.
    pub fn source(&self) -> Option<&Source> {
        self.0.source()
    }

    /// What to think of.
    pub fn message(&self) -> &str {
        self.0.message()
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

const RULES: &[Rule] = &[
    Rule { keys: &["log.level"], check: debug_in_production },
    Rule { keys: &["proxies.trusted"], check: everybody_is_trusted },
    Rule { keys: &["cors.origins"], check: every_origin },
    Rule { keys: &["cors.origins"], check: plain_origins },
    Rule { keys: &["headers.hsts.preload"], check: preload },
    Rule { keys: &["trace.otlp_endpoint"], check: plain_traces },
];

/// All that is worth a word, sorted by key; `others` has what was found elsewhere.
pub(crate) fn warnings(
    settings: &Settings,
    tree: &Tree,
    places: &Node,
    others: Vec<SettingsError>,
) -> Vec<Warning> {
    let mut warnings = others;
    let rules = RULES.iter().chain(exposure::WARNINGS);
    warnings.extend(rules.flat_map(|rule| findings(rule, settings, tree, places)));
    if settings.environment.is_exposed() {
        warnings.extend(secrets_in_sight(settings, tree, places));
    }
    let danger = |key: Key| {
        let source = tree.get(&key).map(|said| said.source.clone());
        SettingsError::new(
            key,
            source,
            "somebody has to be sure of this one; see what its documentation says",
        )
    };
    warnings.extend(dangers(tree).into_iter().map(danger));
    warnings.sort_by(|a, b| (a.key(), a.message()).cmp(&(b.key(), b.message())));
    warnings.into_iter().map(Warning).collect()
}

/// The keys that are set and say `danger` themselves.
pub(crate) fn dangers(tree: &Tree) -> Vec<Key> {
    tree.keys_in(&Key::root()).filter(|key| is_danger(key)).cloned().collect()
}

/// Whether a key says that it is dangerous.
pub(crate) fn is_danger(key: &Key) -> bool {
    key.last().starts_with("danger_")
}

/// Secrets where others read them: the file is in a repository, and a command line in the list of processes.
fn secrets_in_sight(settings: &Settings, tree: &Tree, places: &Node) -> Vec<SettingsError> {
    let is_harmless = |key: &Key| match key.to_string().as_str() {
        "database.url" => settings.database.url.as_ref().is_some_and(|url| !url.has_password()),
        "redis.url" => settings.redis.url.as_ref().is_some_and(|url| !url.has_password()),
        _ => false,
    };
    let root = Key::root();
    let secrets = tree.keys_in(&root).filter(|key| {
        find(places, key).is_ok_and(|node| node.leaf().is_some_and(|leaf| leaf.secret)) && !is_harmless(key)
    });
    let error = |key: &Key| {
        let source = &tree.get(key)?.source;
        let place = match source {
            Source::File { .. } => "is written in the file",
            Source::Flag(_) => "is on the command line, which every process can read",
            _ => return None,
        };
        let fix = format!("a secret {place}; name its own file with {}_FILE", key.variable());
        Some(SettingsError::at(key, source, fix))
    };
    secrets.filter_map(error).collect()
}

fn debug_in_production(settings: &Settings) -> Vec<String> {
    let is_production = settings.environment == Environment::Production;
    when(
        is_production && settings.log.level == LogLevel::Debug,
        "`debug` is for finding a fault; go back to `info` then",
    )
}

fn everybody_is_trusted(settings: &Settings) -> Vec<String> {
    let is_everybody = settings.proxies.trusted.iter().any(|network| network.prefix_len() == 0);
    when(
        is_everybody,
        "everybody is believed about where requests come from; name the networks of the proxies",
    )
}

fn every_origin(settings: &Settings) -> Vec<String> {
    when(
        settings.cors.origins.iter().any(|origin| origin == "*"),
        "pages of every origin may read what the service answers",
    )
}

fn plain_origins(settings: &Settings) -> Vec<String> {
    let is_plain = |origin: &&String| origin.starts_with("http://");
    let is_plain = settings.cors.origins.iter().any(|origin| is_plain(&origin));
    when(settings.environment.is_exposed() && is_plain, "whoever is in between can change pages without TLS")
}

fn preload(settings: &Settings) -> Vec<String> {
    when(settings.headers.hsts.preload, "browsers build the name in, and taking it out again takes months")
}

fn plain_traces(settings: &Settings) -> Vec<String> {
    let is_plain = |endpoint: &String| endpoint.starts_with("http://") && !is_local(endpoint);
    let is_plain = settings.trace.otlp_endpoint.as_ref().is_some_and(is_plain);
    when(settings.environment.is_exposed() && is_plain, "traces travel without TLS")
}

/// Whether the host of a URL is this machine.
fn is_local(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    let Some((host, _)) = host_and_port(place) else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_told_by_the_whole_host() {
        for (url, expected) in [
            ("http://localhost", true),
            ("http://LOCALHOST:4318/", true),
            ("http://127.0.0.1:4318", true),
            ("http://127.1.2.3", true),
            ("http://[::1]:4318", true),
            ("http://localhost.evil.example", false),
            ("http://127.0.0.1.evil.example:4318", false),
            ("http://localhost@evil.example", false),
            ("http://evil.example/localhost", false),
            ("http://evil.example?@localhost", false),
            ("http://[::1", false),
            ("http://", false),
            ("localhost", false),
        ] {
            assert_eq!(is_local(url), expected, "{url}");
        }
    }
}
