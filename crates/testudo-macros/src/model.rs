//! What a `#[shield]` means, once it is known to be right.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Expr, Generics, Ident, ItemFn, Pat, Path, Type, Visibility};

/// Every mistake found so far. They are reported together.
#[derive(Default)]
pub(crate) struct Mistakes(Option<syn::Error>);

impl Mistakes {
    pub(crate) fn add(&mut self, at: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(at, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.0.as_ref().map(syn::Error::to_compile_error).unwrap_or_default()
    }
}

/// A shield written as a function.
pub(crate) struct Shield {
    /// Where the core is: `::testudo` unless `crate = ..` says otherwise.
    pub(crate) core: Path,
    pub(crate) docs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    /// The function as it was written, without its docs and without `#[with]` and `#[section]`.
    pub(crate) function: ItemFn,
    pub(crate) returns: Type,
    /// The result passes no value: `bool`, or a unit inside the others.
    pub(crate) passes_nothing: bool,
    pub(crate) decides: bool,
    pub(crate) name: Expr,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) rejection: Rejection,
    /// Every identifier in the attribute.
    pub(crate) attribute: Vec<Ident>,
}

/// An argument of the function, in its place.
pub(crate) enum Argument {
    /// Given when the shield is made: itself, or the name of the section that says it.
    With(With),
    /// Taken from the request.
    Request(Type),
    /// Borrowed from the request: the type behind the reference.
    Borrowed(Type),
}

/// A `#[with]` or `#[section]` argument.
pub(crate) struct With {
    pub(crate) ident: Ident,
    /// What the function gets.
    pub(crate) stored: Type,
    /// It is read from a named section of the configuration.
    pub(crate) is_section: bool,
    /// The function takes a reference instead of a clone.
    pub(crate) by_reference: bool,
}

/// How a block is worded where the function leaves that open.
#[derive(Default)]
pub(crate) struct Rejection {
    pub(crate) status: Option<u16>,
    pub(crate) detail: Option<Expr>,
    pub(crate) challenge: Option<Expr>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) members: Vec<(String, Expr)>,
    pub(crate) body: Option<(String, Expr)>,
    pub(crate) respond: Option<Path>,
}

impl Shield {
    pub(crate) fn with(&self) -> impl Iterator<Item = &With> {
        self.arguments.iter().filter_map(|argument| match argument {
            Argument::With(with) => Some(with),
            Argument::Request(_) | Argument::Borrowed(_) => None,
        })
    }

    pub(crate) fn sections(&self) -> impl Iterator<Item = &With> {
        self.with().filter(|with| with.is_section)
    }

    pub(crate) fn requested(&self) -> impl Iterator<Item = &Type> {
        self.arguments.iter().filter_map(|argument| match argument {
            Argument::With(_) | Argument::Borrowed(_) => None,
            Argument::Request(ty) => Some(ty),
        })
    }
}

/// Every identifier among these tokens; those inside a format string, too.
pub(crate) fn identifiers(tokens: TokenStream) -> Vec<Ident> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => found.push(ident),
            TokenTree::Group(group) => found.extend(identifiers(group.stream())),
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                let names = text.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next());
                found.extend(names.filter_map(|name| syn::parse_str::<Ident>(name).ok()));
            }
            TokenTree::Punct(_) => {}
        }
    }
    found
}

/// The identifier of a plain `name: Type` pattern.
pub(crate) fn plain_ident(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(plain) if plain.by_ref.is_none() && plain.subpat.is_none() => Some(&plain.ident),
        _ => None,
    }
}
