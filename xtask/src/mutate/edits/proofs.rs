//! Shields that ask for another proof of the same kind: another scope, one more role.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Expr, ExprArray, ExprCall, ExprMethodCall, GenericArgument, PathArguments, visit::Visit};

use super::{Edit, Kind};
use crate::mutate::{
    imports::Imports,
    routes::ShieldCall,
    source::{Place, Source, place},
};

/// What can stand in the same place, by that place: `scope::<0>`, `any_of(0)[]`.
pub(super) type Alternatives = BTreeMap<String, BTreeSet<String>>;

/// What a shield is asked to check: a type argument, a value, or a list of values.
pub(super) struct Requirement {
    /// The function and the position, which tell what can stand here instead.
    of: String,
    place: Place,
    /// The values as any file of the crate can write them, one unless it is a list.
    values: Vec<String>,
    is_list: bool,
}

/// All that the shields of a file are asked to check.
pub(super) fn requirements(source: &Source, imports: &Imports, shields: &[ShieldCall]) -> Vec<Requirement> {
    let mut finder = Finder { source, imports, found: Vec::new(), argument: String::new() };
    for shield in shields {
        finder.visit_expr(&shield.argument);
    }
    finder.found
}

/// Remembers what these ask for, as what others could ask for instead.
pub(super) fn learn(alternatives: &mut Alternatives, requirements: &[Requirement]) {
    for one in requirements {
        alternatives.entry(one.of.clone()).or_default().extend(one.values.iter().cloned());
    }
}

/// Replaces every requirement by each other one of its kind, and adds to every list what it does not have.
pub(super) fn replaced(
    source: &Source,
    requirements: &[Requirement],
    alternatives: &Alternatives,
) -> Vec<Edit> {
    let of = |one: &Requirement| {
        let others = alternatives.get(&one.of).into_iter().flatten();
        others.filter_map(|other| one.instead(other, source)).collect::<Vec<_>>()
    };
    requirements.iter().flat_map(of).collect()
}

impl Requirement {
    fn instead(&self, other: &str, source: &Source) -> Option<Edit> {
        if self.values.iter().any(|value| value == other) {
            return None;
        }
        let old = source.at(&self.place);
        let short = other.rsplit("::").next().unwrap_or(other);
        let (text, words) = if self.is_list {
            (format!("[{}, {other}]", self.values.join(", ")), format!("{short} as well as {old}"))
        } else {
            (other.to_owned(), format!("{short} instead of {old}"))
        };
        Some(Edit {
            kind: Kind::OtherProof,
            at: self.place.clone(),
            words,
            changes: vec![(self.place.clone(), text)],
        })
    }
}

struct Finder<'a> {
    source: &'a Source,
    imports: &'a Imports,
    found: Vec<Requirement>,
    /// The function and position of the argument that is looked at.
    argument: String,
}

impl Finder<'_> {
    fn value(&self, place: &Place) -> String {
        self.imports.absolute(&self.source.at(place))
    }

    fn single(&mut self, of: String, place: Place) {
        let values = vec![self.value(&place)];
        self.found.push(Requirement { of, place, values, is_list: false });
    }

    fn types_of(&mut self, name: &str, arguments: &PathArguments) {
        let PathArguments::AngleBracketed(generics) = arguments else { return };
        for (at, generic) in generics.args.iter().enumerate() {
            if let GenericArgument::Type(ty) = generic {
                self.single(format!("{name}::<{at}>"), place(ty));
            }
        }
    }

    fn arguments<'a>(&mut self, name: &str, arguments: impl Iterator<Item = &'a Expr>) {
        for (at, argument) in arguments.enumerate() {
            let of = format!("{name}({at})");
            let is_name = matches!(argument, Expr::Path(path) if path.path.segments.len() > 1);
            let is_text = matches!(argument, Expr::Lit(literal) if matches!(literal.lit, syn::Lit::Str(_)));
            if is_name || is_text {
                self.single(of.clone(), place(argument));
            }
            self.argument = of;
            self.visit_expr(argument);
        }
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_expr_call(&mut self, call: &'ast ExprCall) {
        let Expr::Path(path) = &*call.func else { return syn::visit::visit_expr_call(self, call) };
        let Some(last) = path.path.segments.last() else { return };
        let name = last.ident.to_string();
        for segment in &path.path.segments {
            self.types_of(&name, &segment.arguments);
        }
        self.arguments(&name, call.args.iter());
    }

    fn visit_expr_method_call(&mut self, call: &'ast ExprMethodCall) {
        self.visit_expr(&call.receiver);
        self.arguments(&call.method.to_string(), call.args.iter());
    }

    fn visit_expr_array(&mut self, list: &'ast ExprArray) {
        let values = list.elems.iter().map(|value| self.value(&place(value))).collect();
        let of = format!("{}[]", self.argument);
        self.found.push(Requirement { of, place: place(list), values, is_list: true });
    }
}
