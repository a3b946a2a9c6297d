//! Variables that are not ours, though somebody most likely meant them to be: one underscore in place of two.

use std::ffi::OsString;

use super::{Setter, key_of_variable, variables::stem};
use crate::{
    error::SettingsError,
    key::{Key, PREFIX},
    shape::{Kind, Node},
    source::Source,
};

/// What is in front of the rest of such a name.
const NEAR_PREFIX: &str = "TESTUDO_";

/// A variable that sets nothing, and what it was to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NearMiss {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) key: Key,
    /// The right spelling.
    pub(crate) meant: String,
}

impl NearMiss {
    /// What is said of it. Its value may be a secret.
    pub(crate) fn warning(&self) -> SettingsError {
        let message = format!("sets nothing: variables of the configuration are spelt like {}", self.meant);
        SettingsError::new(&self.name, Some(self.source.clone()), message)
    }
}

/// Those among the variables of the process.
pub(crate) fn strangers(variables: &[(OsString, OsString)]) -> Vec<Setter> {
    let setter = |(name, value): &(OsString, OsString)| {
        let name = name.to_string_lossy().into_owned();
        is_near(&name).then(|| Setter { source: Source::Variable(name.clone()), name, value: value.clone() })
    };
    variables.iter().filter_map(setter).collect()
}

/// Whether a name is like those of ours, and none of them.
pub(crate) fn is_near(name: &str) -> bool {
    name.starts_with(NEAR_PREFIX) && !name.starts_with(PREFIX) && !is_service_link(name)
}

/// What each of these names was meant to set, where there is such a key.
pub(crate) fn near_misses(shape: &Node, strangers: &[Setter]) -> Vec<NearMiss> {
    let near_miss = |setter: &Setter| {
        let whole = meant(shape, &setter.name).map(|key| (key.variable(), key));
        let of_file = || {
            let key = meant(shape, stem(&setter.name)?)?;
            Some((format!("{}_FILE", key.variable()), key))
        };
        let is_file = stem(&setter.name).is_some();
        // A free name may end in anything: there, the ending means a file.
        let (meant, key) = if is_file { of_file().or(whole) } else { whole }?;
        Some(NearMiss { name: setter.name.clone(), source: setter.source.clone(), key, meant })
    };
    strangers.iter().filter_map(near_miss).collect()
}

/// The key of a value whose variable this would be, with two underscores in the right places.
fn meant(shape: &Node, name: &str) -> Option<Key> {
    let rest = name.strip_prefix(NEAR_PREFIX)?;
    let as_ours = key_of_variable(shape, &format!("{PREFIX}{rest}")).ok();
    let is_value = |key: &Key| crate::shape::find(shape, key).is_ok_and(|node| node.leaf().is_some());
    as_ours.filter(is_value).or_else(|| joined(shape, &Key::root(), &one_underscore(rest)))
}

fn one_underscore(text: &str) -> String {
    let parts = text.split('_').filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("_").to_lowercase().replace('-', "_")
}

/// The key whose segments, with one underscore between them, are this text.
fn joined(node: &Node, key: &Key, text: &str) -> Option<Key> {
    match &node.kind {
        Kind::Leaf(_) => text.is_empty().then(|| key.clone()),
        Kind::Table(children) => children.iter().find_map(|(name, child)| {
            let rest = text.strip_prefix(&one_underscore(name))?;
            let is_whole_word = rest.is_empty() || rest.starts_with('_');
            joined(child, &key.child(name), rest.trim_start_matches('_')).filter(|_| is_whole_word)
        }),
        // Where a free name ends cannot be told, unless it is the last.
        Kind::Map(values) => (values.leaf().is_some() && !text.is_empty()).then(|| key.child(text)),
    }
}

/// What Kubernetes sets for every service of a namespace (Kubernetes, "Accessing the Service", environment variables):
/// one that is called `testudo` makes `TESTUDO_PORT=tcp://10.0.0.11:8000`. The names of services do not end in a hyphen,
/// so that `TESTUDO_SERVER__PORT` is of nobody's making but the user's.
fn is_service_link(name: &str) -> bool {
    let ends = |ending: &str| name.strip_suffix(ending).is_some_and(|service| !service.ends_with('_'));
    let has = |middle: &str| name.find(middle).is_some_and(|at| !name[..at].ends_with('_'));
    let of_protocol = |protocol: &str| has("_PORT_") && name.contains(protocol);
    ends("_PORT")
        || ends("_SERVICE_HOST")
        || has("_SERVICE_PORT")
        || ["_TCP", "_UDP", "_SCTP"].into_iter().any(of_protocol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_sets_is_never_near() {
        for (name, expected) in [
            ("TESTUDO_ENVIRONMENT", true),
            ("TESTUDO_SERVER__PORT", true),
            ("TESTUDO_DATABASE__URL", true),
            ("TESTUDO_ADMIN_HOST", true),
            ("TESTUDO__SERVER__PORT", false),
            ("OTHER_ENVIRONMENT", false),
            ("TESTUDO_PORT", false),
            ("TESTUDO_SERVER_PORT", false),
            ("TESTUDO_SERVICE_HOST", false),
            ("TESTUDO_SERVICE_PORT", false),
            ("TESTUDO_SERVICE_PORT_HTTP", false),
            ("TESTUDO_PORT_8000_TCP", false),
            ("TESTUDO_PORT_8000_TCP_ADDR", false),
            ("TESTUDO_PORT_8000_TCP_PORT", false),
            ("TESTUDO_PORT_53_UDP_PROTO", false),
        ] {
            assert_eq!(is_near(name), expected, "{name}");
        }
    }
}
