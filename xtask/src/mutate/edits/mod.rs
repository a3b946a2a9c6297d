//! The weakening edits of a routes file.

mod proofs;
mod shields;
mod stacks;

use std::{fmt, path::Path, path::PathBuf};

use anyhow::{Context, Result};
use serde::Serialize;

use super::{
    examples::{Example, STRICTER, Stricter},
    imports::Imports,
    routes::{self, Routes},
    source::{Place, Source},
    strength::Known,
};
use proofs::Alternatives;

/// What an edit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    DropShield,
    SwapStack,
    Public,
    SwapHandlers,
    Unproven,
    SkipShield,
    OtherProof,
}

impl Kind {
    pub(super) const ALL: [Self; 7] = [
        Self::DropShield,
        Self::SwapStack,
        Self::Public,
        Self::SwapHandlers,
        Self::Unproven,
        Self::SkipShield,
        Self::OtherProof,
    ];

    /// What the report calls it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::DropShield => "drop a shield",
            Self::SwapStack => "swap stacks",
            Self::Public => "public instead of guarded",
            Self::SwapHandlers => "swap handlers",
            Self::Unproven => "unproven behind another stack",
            Self::SkipShield => "let a shield be skipped",
            Self::OtherProof => "another proof",
        }
    }
}

/// A routes file with one edit.
#[derive(Debug, Clone)]
pub(super) struct Mutant {
    pub(super) example: &'static Example,
    pub(super) kind: Kind,
    pub(super) file: PathBuf,
    pub(super) line: usize,
    /// The edit in words.
    pub(super) edit: String,
    /// The file with the edit.
    pub(super) text: String,
    /// Why nobody gains anything, where that is known.
    pub(super) stricter: Option<&'static str>,
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}:{} {}", self.example.package, self.file_name(), self.line, self.edit)
    }
}

impl Mutant {
    pub(super) fn file_name(&self) -> String {
        self.file.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

/// An edit as the modules below propose it.
struct Edit {
    kind: Kind,
    /// Where the reader looks for it.
    at: Place,
    words: String,
    changes: Vec<(Place, String)>,
}

/// All edits of all routes files of an example, each once.
pub(super) fn of_example(root: &Path, example: &'static Example) -> Result<Vec<Mutant>> {
    let mut mutants: Vec<Mutant> = Vec::new();
    let sources = example.files(root)?.into_iter().map(|path| Source::read(root, path));
    for (source, edits) in of_sources(sources.collect::<Result<_>>()?, example.alternatives)? {
        for edit in edits {
            let mutant = mutant(example, &source, edit);
            if mutant.text != source.text && !mutants.iter().any(|other| other.text == mutant.text) {
                mutants.push(mutant);
            }
        }
    }
    Ok(mutants)
}

fn of_sources(sources: Vec<Source>, alternatives: &[(&str, &str)]) -> Result<Vec<(Source, Vec<Edit>)>> {
    let mut known = Known::default();
    let mut parsed = Vec::new();
    for source in sources {
        let file = syn::parse_file(&source.text)
            .with_context(|| format!("cannot parse {}", source.path.display()))?;
        known.learn(&file);
        parsed.push((source, file));
    }
    let mut proofs = Alternatives::new();
    for &(of, value) in alternatives {
        proofs.entry(of.to_owned()).or_default().insert(value.to_owned());
    }
    let mut read = Vec::new();
    for (source, file) in parsed {
        let routes = routes::find(&file, &known);
        let requirements = proofs::requirements(&source, &Imports::of(&file), &routes.shields);
        proofs::learn(&mut proofs, &requirements);
        read.push((source, routes, requirements));
    }
    let edits = read.into_iter().map(|(source, routes, requirements)| {
        let mut edits = of_routes(&source, &routes);
        edits.extend(proofs::replaced(&source, &requirements, &proofs));
        for edit in &mut edits {
            write_states_down(edit, &routes.inferred);
        }
        (source, edits)
    });
    Ok(edits.collect())
}

fn of_routes(source: &Source, routes: &Routes) -> Vec<Edit> {
    let mut edits = Vec::new();
    edits.extend(shields::dropped(source, &routes.shields));
    edits.extend(stacks::swapped(source, &routes.calls));
    edits.extend(stacks::handed_on(source, &routes.handed_on));
    edits.extend(stacks::made_public(source, &routes.calls));
    edits.extend(stacks::handlers_swapped(source, &routes.calls));
    edits.extend(stacks::unproven(source, &routes.calls));
    edits.extend(shields::skipped(source, &routes.shields));
    edits
}

/// A stack that an edit leaves without a route has a state that nothing infers any more. That must not be what kills
/// the edit, so every other stack of the file says its state.
fn write_states_down(edit: &mut Edit, inferred: &[(usize, String)]) {
    for (at, state) in inferred {
        if !edit.changes.iter().any(|(place, _)| place.start <= *at && *at <= place.end) {
            edit.changes.push((*at..*at, state.clone()));
        }
    }
}

fn mutant(example: &'static Example, source: &Source, edit: Edit) -> Mutant {
    let known = |known: &&Stricter| known.package == example.package && known.edit == edit.words;
    Mutant {
        example,
        kind: edit.kind,
        file: source.path.clone(),
        line: source.line(&edit.at),
        text: source.with(&edit.changes),
        stricter: STRICTER.iter().find(known).map(|known| known.why),
        edit: edit.words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutate::examples::EXAMPLES;

    const FILE: &str = r#"
pub fn routes(user: &Stack<App, Passes![User]>) -> Router<App> {
    let open = Stack::public("everybody may look");
    let admin = user.shield(is_admin);
    let reader = user.shield(scope::<Read>());
    let writer = user.shield(scope::<Write>());
    Router::new()
        .route("/products", (open.get(list), admin.put(update).delete(remove)))
        .route("/reports", reader.get(reports))
        .route("/drafts", writer.post(draft))
        .route("/roles", user.shield(any_of([Role::Admin])).get(roles))
        .nest("/team", team::routes(&admin))
        .route("/more", user.shield(any_of([Role::Admin, Role::User])).get(more))
}
"#;

    /// The edits of [`FILE`] of one kind: the words, and the one line that changed.
    fn edits(kind: Kind) -> Vec<(String, String)> {
        let source = Source { path: PathBuf::from("routes.rs"), text: FILE.to_owned() };
        let (source, edits) = of_sources(vec![source], &[("any_of(0)[]", "Role::Guest")]).unwrap().remove(0);
        let of_kind = edits.into_iter().filter(|edit| edit.kind == kind);
        let changed = of_kind.map(|edit| {
            let text = source.with(&edit.changes);
            let text = text.replace("Stack::<App>::public", "Stack::public");
            let lines = text.lines().zip(FILE.lines());
            let changed: Vec<&str> =
                lines.filter(|(new, old)| new != old).map(|(new, _)| new.trim()).collect();
            (edit.words, changed.join(" / "))
        });
        changed.collect()
    }

    fn changed(kind: Kind) -> Vec<String> {
        edits(kind).into_iter().map(|(_, changed)| changed).collect()
    }

    #[test]
    fn every_shield_is_dropped_once() {
        assert_eq!(changed(Kind::DropShield).len(), 5);
        assert!(changed(Kind::DropShield).contains(&"let admin = user;".to_owned()));
    }

    #[test]
    fn a_route_moves_behind_every_stack_that_is_not_stricter() {
        let changed = changed(Kind::SwapStack);
        let has = |text: &str| changed.iter().any(|line| line.contains(text));
        assert!(has("\"/reports\", user.get(reports)"), "the parent: {changed:#?}");
        assert!(has("\"/reports\", writer.get(reports)"), "a sibling");
        assert!(has("(admin.put(update), user.delete(remove))"), "one method of several");
        assert!(!has("user.get(list)"), "a guarded stack instead of a public one admits nobody new");
        assert!(!has("\"/reports\", open.get(reports)"), "what is public is the next kind");
    }

    #[test]
    fn a_stack_handed_to_another_file_is_replaced_like_that_of_a_route() {
        let changed = changed(Kind::SwapStack);
        assert!(changed.contains(&r#".nest("/team", team::routes(&user))"#.to_owned()), "{changed:#?}");
    }

    #[test]
    fn a_guarded_route_becomes_public() {
        let changed = changed(Kind::Public);
        assert_eq!(changed.len(), 7, "{changed:#?}");
        assert!(
            changed[2].contains(r#"(admin.put(update), ::testudo::Stack::public("mutant").delete(remove))"#)
        );
    }

    #[test]
    fn handlers_of_different_stacks_change_places() {
        let changed = changed(Kind::SwapHandlers);
        assert!(
            changed
                .iter()
                .any(|line| line.contains("open.get(reports)") && line.contains("reader.get(list)"))
        );
    }

    #[test]
    fn an_unsafe_handler_is_declared_unproven_behind_another_stack() {
        let changed = changed(Kind::Unproven);
        assert!(
            changed.contains(
                &r#".route("/drafts", user.post(::testudo::unproven("mutant", draft)))"#.to_owned()
            )
        );
        assert!(!changed.iter().any(|line| line.contains("list))")), "reading needs no proof: {changed:#?}");
    }

    #[test]
    fn a_shield_is_made_optional_and_conditional() {
        let changed = changed(Kind::SkipShield);
        assert!(
            changed
                .contains(&"let admin = user.shield(::testudo::IntoShield::optional(is_admin));".to_owned())
        );
        assert!(changed.contains(
            &"let admin = user.shield(::testudo::IntoShield::when(is_admin, |_| false));".to_owned()
        ));
    }

    #[test]
    fn a_proof_is_replaced_by_another_of_the_file() {
        let changed = changed(Kind::OtherProof);
        assert!(changed.contains(&"let reader = user.shield(scope::<Write>());".to_owned()), "{changed:#?}");
        assert!(changed.iter().any(|line| line.contains("any_of([Role::Admin, Role::User])).get(roles)")));
        assert!(
            changed
                .iter()
                .any(|line| line.contains("any_of([Role::Admin, Role::User, Role::Guest])).get(more)"))
        );
    }

    #[test]
    fn every_edit_that_is_excused_exists() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for excused in STRICTER {
            let example = EXAMPLES.iter().find(|example| example.package == excused.package).unwrap();
            let edits = of_example(root, example).unwrap();
            assert!(
                edits.iter().any(|edit| edit.edit == excused.edit),
                "{}: {}",
                excused.package,
                excused.edit
            );
        }
    }
}
