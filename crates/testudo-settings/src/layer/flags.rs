//! Values that the caller's flags give.

use super::Layer;
use crate::{
    error::SettingsError,
    key::Key,
    shape::{Node, coerce, find},
    source::Source,
};

/// What flags say: pairs of a key with dots, and a text.
pub(crate) fn flags(shape: &Node, flags: &[(String, String)]) -> Layer {
    let mut layer = Layer::default();
    for (name, text) in flags {
        let source = Source::Flag(name.clone());
        let key = Key::dotted(name);
        match find(shape, &key).map(|node| node.leaf()) {
            Ok(Some(leaf)) => layer.take(key, leaf, coerce(leaf, text), source),
            Ok(None) => {
                layer.errors.push(SettingsError::at(&key, &source, "this is a section; set one of its keys"));
            }
            Err(unknown) => {
                layer.errors.push(SettingsError::at(&key, &source, unknown.message(Key::to_string)));
            }
        }
    }
    layer
}
