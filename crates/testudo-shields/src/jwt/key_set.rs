//! Several keys, and which of them a token is checked with.

use serde_json::Value;

use super::{algorithm::Algorithm, json, key::Key};

/// Most keys that a set may have.
pub(super) const KEYS_MAX: usize = 100;

/// Keys of one issuer.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<Key>);

impl KeySet {
    pub(super) fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// From a JSON Web Key Set (RFC 7517, section 5). Keys that cannot be used here are left out, as it says.
    ///
    /// # Errors
    /// It is not a set, or there is no key in it that can be used.
    pub(super) fn from_json(text: &[u8], allowed: &[Algorithm]) -> Result<Self, String> {
        let mut set = json::object(text).ok_or("the answer is not an unambiguous JSON object")?;
        let Some(Value::Array(all)) = set.remove("keys") else {
            return Err("the answer has no list of `keys`".to_owned());
        };
        if all.len() > KEYS_MAX {
            return Err(format!("the answer has more than {KEYS_MAX} keys"));
        }
        let mut keys = Vec::new();
        let mut last_mistake = None;
        for jwk in &all {
            match jwk
                .as_object()
                .ok_or_else(|| "it is not an object".to_owned())
                .and_then(|jwk| Key::from_jwk(jwk, allowed))
            {
                Ok(key) => keys.push(key),
                Err(mistake) => last_mistake = Some(mistake),
            }
        }
        if keys.is_empty() {
            let mistake = last_mistake.map(|mistake| format!("; of the last: {mistake}")).unwrap_or_default();
            return Err(format!("the answer has no key that can be used here{mistake}"));
        }
        Ok(Self(keys))
    }

    /// The keys that a token may be checked with. One that names no key has to leave no doubt about it.
    pub(super) fn candidates(&self, kid: Option<&str>, algorithm: Algorithm) -> Vec<Key> {
        let fitting = self.0.iter().filter(|key| key.is_for(algorithm));
        let found: Vec<Key> = match kid {
            Some(kid) => fitting.filter(|key| key.kid.as_deref() == Some(kid)).cloned().collect(),
            None => fitting.cloned().collect(),
        };
        if kid.is_none() && found.len() != 1 { Vec::new() } else { found }
    }

    /// Whether there is a key with this id, for whatever algorithm.
    pub(super) fn has(&self, kid: &str) -> bool {
        self.0.iter().any(|key| key.kid.as_deref() == Some(kid))
    }
}
