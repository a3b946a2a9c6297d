//! Sections that shields want, and sections that nobody does.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{
    error::SettingsError, key::Key, load::Loader, named::NamedKind, section::WantedSection, settle::Mistakes,
    shapes::Places, suggest::closest, tree::Tree,
};

impl Loader {
    /// What each wanted section says; one that is not there is a mistake, told once.
    pub(crate) fn wanted_sections(
        &self,
        places: &Places,
        tree: &Tree,
        mistakes: &mut Mistakes,
    ) -> Vec<(&WantedSection, Value)> {
        let mut filled = Vec::new();
        for section in &self.wanted {
            let kind = self.kinds.iter().find(|kind| kind.kind == section.kind);
            let (Some(kind), Some(name)) = (kind, &section.name) else { continue };
            let key = kind.key(name);
            if places.has(&key) && tree.has_section(&key) {
                filled.push((section, tree.build(&key, &kind.node, &BTreeSet::new())));
            } else if !mistakes.touch(&key) {
                let message = kind.how_to_write(name) + &self.maybe_meant(kind.kind, name, places, tree);
                mistakes.errors.push(SettingsError::new(&key, None, message));
                mistakes.broken.insert(key);
            }
        }
        filled
    }

    /// Sections that are there though no shield wants them: a name may be misspelt.
    pub(crate) fn unwanted_sections(&self, places: &Places, tree: &Tree) -> Vec<SettingsError> {
        let warning = |(kind, key): (&NamedKind, &Key)| {
            let said = tree.keys_in(key).find_map(|key| tree.get(key)).map(|said| said.source.clone());
            let wanted = self.wanted_names(kind.kind).into_iter().map(|name| format!("`{name}`"));
            let wanted = wanted.collect::<Vec<_>>().join(", ");
            SettingsError::new(key, said, format!("no shield wants this section; wanted are {wanted}"))
        };
        self.unwanted(places, tree).map(warning).collect()
    }

    /// The names under which shields want sections of a kind.
    pub(crate) fn wanted_names(&self, kind: &str) -> BTreeSet<&str> {
        let of_kind = self.wanted.iter().filter(|section| section.kind == kind);
        of_kind.filter_map(|section| section.name.as_deref()).collect()
    }

    /// Sections that nobody will ask for.
    fn unwanted<'p>(
        &'p self,
        places: &'p Places,
        tree: &'p Tree,
    ) -> impl Iterator<Item = (&'p NamedKind, &'p Key)> {
        let sections = places.named.iter().map(|(kind, key)| (&self.kinds[*kind], key));
        sections.filter(|(kind, key)| {
            let is_wanted = || self.wanted_names(kind.kind).into_iter().any(|name| kind.key(name) == **key);
            tree.has_section(key) && !self.asked_later.contains(kind.kind) && !is_wanted()
        })
    }

    fn maybe_meant(&self, kind: &str, name: &str, places: &Places, tree: &Tree) -> String {
        let of_kind = self.unwanted(places, tree).filter(|(unwanted, _)| unwanted.kind == kind);
        let names: Vec<String> = of_kind.map(|(_, key)| key.segments()[1..].join(".")).collect();
        match closest(name, names.iter().map(String::as_str)) {
            Some(near) => {
                format!("; or is it `[{}]`, which no shield wants?", Key::dotted(&format!("{kind}.{near}")))
            }
            None => String::new(),
        }
    }
}
