//! Shields left out, or made so that they may be skipped.

use super::{Edit, Kind};
use crate::mutate::{
    routes::ShieldCall,
    source::{Source, place},
};

/// Leaves a shield out.
pub(super) fn dropped(source: &Source, shields: &[ShieldCall]) -> Vec<Edit> {
    let edit = |shield: &ShieldCall| Edit {
        kind: Kind::DropShield,
        at: place(&shield.argument),
        words: format!("no {}", source.at(&place(&shield.argument))),
        changes: vec![(shield.call.clone(), String::new())],
    };
    shields.iter().map(edit).collect()
}

/// Lets a shield be skipped without a credential, and by every request.
pub(super) fn skipped(source: &Source, shields: &[ShieldCall]) -> Vec<Edit> {
    // The path is written out, so that a missing import is not what kills the edit.
    let forms = [
        ("optional", "::testudo::IntoShield::optional(", ")"),
        ("never asked", "::testudo::IntoShield::when(", ", |_| false)"),
    ];
    let edit = |shield: &ShieldCall| {
        let at = place(&shield.argument);
        let argument = source.text[at.clone()].to_owned();
        let words = source.at(&at);
        forms.map(|(name, before, after)| Edit {
            kind: Kind::SkipShield,
            at: at.clone(),
            words: format!("{words} is {name}"),
            changes: vec![(at.clone(), format!("{before}{argument}{after}"))],
        })
    };
    shields.iter().flat_map(edit).collect()
}
