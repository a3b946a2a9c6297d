//! How strong a stack is, as far as a routes file tells.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Expr, FnArg, GenericArgument, Item, Local, Pat, PathArguments, Signature, Type};

/// What a request needs to get through a stack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Strength {
    /// It says so itself: `Stack::public`.
    pub(super) is_public: bool,
    /// Values that its type passes, and shields added in this file.
    pub(super) demands: BTreeSet<String>,
}

impl Strength {
    /// Whether whoever gets through `self` also got through `other`.
    pub(super) fn is_at_least(&self, other: &Self) -> bool {
        (other.is_public || !self.is_public) && other.demands.is_subset(&self.demands)
    }
}

/// The types of the routes files of one example that hold stacks.
#[derive(Debug, Default)]
pub(super) struct Known {
    aliases: BTreeMap<String, Type>,
    /// Structs by name, with the fields that are stacks.
    structs: BTreeMap<String, Vec<(String, Type)>>,
}

impl Known {
    /// Learns from one more file.
    pub(super) fn learn(&mut self, file: &syn::File) {
        for item in &file.items {
            match item {
                Item::Type(alias) => {
                    self.aliases.insert(alias.ident.to_string(), (*alias.ty).clone());
                }
                Item::Struct(item) => {
                    let fields = item.fields.iter().filter_map(|field| {
                        let name = field.ident.as_ref()?.to_string();
                        Some((name, field.ty.clone()))
                    });
                    self.structs.insert(item.ident.to_string(), fields.collect());
                }
                _ => {}
            }
        }
    }

    /// The stacks among the parameters of a function.
    pub(super) fn parameters(&self, signature: &Signature) -> Vec<(String, Strength)> {
        let typed = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some((&*typed.pat, &*typed.ty)),
            FnArg::Receiver(_) => None,
        });
        typed.flat_map(|(pattern, ty)| self.bound(pattern, ty)).collect()
    }

    /// The stacks that a `let` binds.
    pub(super) fn local(&self, local: &Local, scope: &[(String, Strength)]) -> Vec<(String, Strength)> {
        match (&local.pat, &local.init) {
            (Pat::Type(typed), _) => self.bound(&typed.pat, &typed.ty),
            (Pat::Struct(pattern), _) => {
                let name = pattern.path.segments.last().map(|last| last.ident.to_string());
                name.map(|name| self.fields(&name, "")).unwrap_or_default()
            }
            (Pat::Ident(name), Some(init)) if makes_a_stack(&init.expr) => {
                vec![(name.ident.to_string(), strength(&init.expr, scope))]
            }
            _ => Vec::new(),
        }
    }

    fn bound(&self, pattern: &Pat, ty: &Type) -> Vec<(String, Strength)> {
        let Pat::Ident(name) = pattern else { return Vec::new() };
        let name = name.ident.to_string();
        match self.stack_type(ty) {
            Some(strength) => vec![(name, strength)],
            None => type_name(ty).map(|ty| self.fields(&ty, &format!("{name}."))).unwrap_or_default(),
        }
    }

    fn fields(&self, name: &str, prefix: &str) -> Vec<(String, Strength)> {
        let fields = self.structs.get(name).map(Vec::as_slice).unwrap_or_default();
        let stacks =
            fields.iter().filter_map(|(name, ty)| Some((format!("{prefix}{name}"), self.stack_type(ty)?)));
        stacks.collect()
    }

    /// What a `Stack<App, Passes![User]>` demands.
    fn stack_type(&self, ty: &Type) -> Option<Strength> {
        let Type::Path(path) = without_reference(ty) else { return None };
        let name = path.path.segments.last()?;
        if let Some(alias) = self.aliases.get(&name.ident.to_string()) {
            return self.stack_type(alias);
        }
        if name.ident != "Stack" {
            return None;
        }
        let PathArguments::AngleBracketed(generics) = &name.arguments else {
            return Some(Strength::default());
        };
        let mut stack = Strength::default();
        for generic in &generics.args {
            match generic {
                GenericArgument::Type(Type::Macro(passes)) => {
                    let list = passes.mac.tokens.to_string();
                    let values = list.split(',').map(str::trim).filter(|value| !value.is_empty());
                    stack.demands.extend(values.map(|value| format!("passes {value}")));
                }
                GenericArgument::Type(other) if type_name(other).is_some_and(|name| name == "Public") => {
                    stack.is_public = true;
                }
                _ => {}
            }
        }
        Some(stack)
    }
}

/// How strong the stack is that an expression stands for.
pub(super) fn strength(expr: &Expr, scope: &[(String, Strength)]) -> Strength {
    let text = quote::quote!(#expr).to_string().replace(' ', "");
    if let Some((_, strength)) = scope.iter().rev().find(|(name, _)| *name == text) {
        return strength.clone();
    }
    match expr {
        Expr::Reference(inner) => strength(&inner.expr, scope),
        Expr::Paren(inner) => strength(&inner.expr, scope),
        Expr::MethodCall(call) if call.method == "shield" => {
            let mut strength = strength(&call.receiver, scope);
            let arguments = &call.args;
            strength.demands.insert(quote::quote!(#arguments).to_string().replace(' ', ""));
            strength
        }
        Expr::MethodCall(call) if call.method == "clone" => strength(&call.receiver, scope),
        Expr::Call(_) if text.contains("Stack::") => {
            Strength { is_public: text.contains("::public("), demands: BTreeSet::new() }
        }
        // A stack from elsewhere is comparable with itself alone.
        _ => Strength { is_public: false, demands: [text].into() },
    }
}

fn without_reference(ty: &Type) -> &Type {
    match ty {
        Type::Reference(reference) => without_reference(&reference.elem),
        other => other,
    }
}

fn type_name(ty: &Type) -> Option<String> {
    let Type::Path(path) = without_reference(ty) else { return None };
    path.path.segments.last().map(|last| last.ident.to_string())
}

fn makes_a_stack(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => {
            call.method == "shield" || (call.method == "clone" && makes_a_stack(&call.receiver))
        }
        Expr::Call(call) => quote::quote!(#call).to_string().replace(' ', "").contains("Stack::"),
        Expr::Reference(inner) => makes_a_stack(&inner.expr),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strength(public: bool, demands: &[&str]) -> Strength {
        Strength { is_public: public, demands: demands.iter().map(|&demand| demand.to_owned()).collect() }
    }

    #[test]
    fn a_stack_is_at_least_another_if_it_demands_all_of_it() {
        let cases = [
            ("the same", strength(false, &["User"]), strength(false, &["User"]), true),
            ("more", strength(false, &["User", "Admin"]), strength(false, &["User"]), true),
            ("less", strength(false, &["User"]), strength(false, &["User", "Admin"]), false),
            ("something else", strength(false, &["Read"]), strength(false, &["Write"]), false),
            ("public instead of guarded", strength(true, &[]), strength(false, &["User"]), false),
            ("guarded instead of public", strength(false, &["User"]), strength(true, &[]), true),
            ("a user, but no limit", strength(false, &["User"]), strength(true, &["limit"]), false),
        ];
        for (name, new, old, expected) in cases {
            assert_eq!(new.is_at_least(&old), expected, "{name}");
        }
    }
}
