//! What must hold between settings, as named pure rules; and what is allowed but worth a word.

mod admin;
mod cors;
mod entropy;
mod exposure;
mod hosts;
mod limits;
mod origin;
mod stores;
mod warning;

pub use warning::Warning;
pub(crate) use warning::{dangers, is_danger, warnings};

use crate::{
    answer::shown_safely,
    environment::Environment,
    error::SettingsError,
    key::Key,
    sections::Settings,
    settle::Mistakes,
    shape::{Node, find},
    source::Source,
    tree::Tree,
};

/// A rule over settings.
pub(crate) struct Rule {
    /// What it is about. The first key is the one to change; the others are named with their places.
    keys: &'static [&'static str],
    /// What is wrong, and the fix. Nothing when the rule holds. The words never hold a secret.
    check: fn(&Settings) -> Vec<String>,
}

/// All rules that must hold.
fn rules() -> impl Iterator<Item = &'static Rule> {
    [hosts::RULES, cors::RULES, admin::RULES, exposure::RULES, limits::RULES, stores::RULES]
        .into_iter()
        .flatten()
}

/// The rules that are broken. Those about keys that hold nothing of use are not asked.
pub(crate) fn violations(
    settings: &Settings,
    tree: &Tree,
    places: &Node,
    mistakes: &Mistakes,
) -> Vec<SettingsError> {
    rules()
        .filter(|rule| can_be_asked(rule, mistakes))
        .flat_map(|rule| findings(rule, settings, tree, places))
        .collect()
}

/// The same where it is not known where the service runs: what is broken in every environment.
pub(crate) fn violations_anywhere(
    settings: &Settings,
    tree: &Tree,
    places: &Node,
    mistakes: &Mistakes,
) -> Vec<SettingsError> {
    let drain_delay_is_set = tree.get(&Key::dotted("shutdown.drain_delay")).is_some();
    let in_environment = |environment| {
        let mut settings = settings.clone();
        settings.environment = environment;
        if !drain_delay_is_set {
            settings.shutdown.drain_delay = Settings::new(environment).shutdown.drain_delay;
        }
        settings
    };
    let everywhere = Environment::ALL.map(in_environment);
    let broken = |rule: &'static Rule| {
        let mut found = everywhere.iter().map(|settings| findings(rule, settings, tree, places));
        let first = found.next().unwrap_or_default();
        if found.all(|found| !found.is_empty()) { first } else { Vec::new() }
    };
    rules().filter(|rule| can_be_asked(rule, mistakes)).flat_map(broken).collect()
}

fn can_be_asked(rule: &Rule, mistakes: &Mistakes) -> bool {
    !rule.keys.iter().any(|key| mistakes.touch(&Key::dotted(key)))
}

fn findings(rule: &Rule, settings: &Settings, tree: &Tree, places: &Node) -> Vec<SettingsError> {
    let Some((key, others)) = rule.keys.split_first() else { return Vec::new() };
    let key = Key::dotted(key);
    let source = tree.get(&key).map_or(Source::Default, |said| said.source.clone());
    let others: Vec<String> = others.iter().map(|key| with_place(&Key::dotted(key), tree, places)).collect();
    let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join("; ")) };
    // The words quote values that are no secret by their type, though they may be one by their place.
    let is_in_secret_file = matches!(source, Source::SecretFile { .. });
    let is_quoted = find(places, &key).ok().and_then(Node::leaf).is_none_or(|leaf| !leaf.secret);
    let error = |message: String| {
        if is_in_secret_file && is_quoted {
            let message = "what stands in the file is not accepted; why is not shown, since it may be secret";
            return SettingsError::at(&key, &source, message);
        }
        let shown = value(&key, tree, places);
        SettingsError::at(&key, &source, format!("{message}{others}")).showing(shown)
    };
    (rule.check)(settings).into_iter().map(error).collect()
}

/// `server.port = 8000, default`.
fn with_place(key: &Key, tree: &Tree, places: &Node) -> String {
    let source = tree.get(key).map_or(Source::Default, |said| said.source.clone());
    match value(key, tree, places) {
        Some(shown) => format!("{key} = {shown}, {source}"),
        None => format!("{key}, {source}"),
    }
}

/// What holds for a key, as messages show it: nothing of secrets.
fn value(key: &Key, tree: &Tree, places: &Node) -> Option<String> {
    let node = find(places, key).ok()?;
    if node.leaf().is_none_or(|leaf| leaf.secret) {
        return None;
    }
    shown_safely(key, node, tree)
}

/// A message when something is wrong.
fn when(is_wrong: bool, message: impl Into<String>) -> Vec<String> {
    if is_wrong { vec![message.into()] } else { Vec::new() }
}
