//! Turns what was written into a shield, and reports everything that is wrong with it.

use std::collections::{HashMap, hash_map::Entry};

use quote::ToTokens;
use syn::{
    Attribute, Expr, ExprLit, FnArg, GenericArgument, Ident, ItemFn, Lit, PathArguments, ReturnType, Type,
    parse_quote,
};

use crate::{
    model::{Argument, Mistakes, Rejection, Shield, With, plain_ident},
    parse::{Options, Value, Written, as_path},
};

/// The shield, with defaults in the place of options that are wrong; none if the function cannot be one.
pub(crate) fn shield(
    options: Options,
    attribute: Vec<Ident>,
    function: &ItemFn,
    mistakes: &mut Mistakes,
) -> Option<Shield> {
    let mut options = Keyed::new(options, mistakes);
    let decides = decides(&mut options, mistakes);
    let ident = function.sig.ident.clone();
    let name = name(&mut options, &ident, mistakes);
    let core = options.expr("crate").and_then(|(_, expr)| path(&expr, mistakes));
    let rejection = rejection(&mut options, mistakes);

    let returns = signature(function, mistakes)?;
    let (docs, mut function) = split_docs(function.clone());
    let arguments = arguments(&mut function, mistakes)?;
    Some(Shield {
        core: core.unwrap_or_else(|| parse_quote!(::testudo)),
        docs,
        vis: function.vis.clone(),
        ident,
        generics: function.sig.generics.clone(),
        passes_nothing: passes_nothing(&returns),
        returns,
        decides,
        name,
        arguments,
        rejection,
        attribute,
        function,
    })
}

/// The options by key; a key that is given twice is a mistake, unless it may be.
struct Keyed {
    once: HashMap<String, Written>,
    pairs: Vec<Written>,
}

impl Keyed {
    fn new(options: Options, mistakes: &mut Mistakes) -> Self {
        let mut keyed = Self { once: HashMap::new(), pairs: Vec::new() };
        for option in options.0 {
            if matches!(option.value, Value::Pair(..)) {
                keyed.pairs.push(option);
                continue;
            }
            match keyed.once.entry(option.key.to_string()) {
                Entry::Occupied(first) => {
                    mistakes.add(&option.key, format!("`{}` is given twice", first.key()));
                }
                Entry::Vacant(place) => {
                    place.insert(option);
                }
            }
        }
        keyed
    }

    fn flag(&mut self, key: &str) -> Option<Ident> {
        self.once.remove(key).map(|option| option.key)
    }

    fn expr(&mut self, key: &str) -> Option<(Ident, Expr)> {
        match self.once.remove(key)? {
            Written { key, value: Value::Expr(expr) } => Some((key, expr)),
            _ => None,
        }
    }
}

fn decides(options: &mut Keyed, mistakes: &mut Mistakes) -> bool {
    let decides = options.flag("decides");
    if let (Some(_), Some(protects)) = (&decides, options.flag("protects")) {
        mistakes.add(protects, "a shield either `decides` (authenticates or authorises) or only `protects`");
    }
    decides.is_some()
}

fn name(options: &mut Keyed, ident: &Ident, mistakes: &mut Mistakes) -> Expr {
    let text = ident.to_string();
    let text = text.trim_start_matches("r#");
    let default = || parse_quote!(#text);
    let Some((_, name)) = options.expr("name") else { return default() };
    match literal_text(&name) {
        Some(text) if text.trim().is_empty() || text.chars().any(char::is_control) => {
            mistakes.add(&name, "a name has visible characters and no control characters");
            default()
        }
        None if matches!(name, Expr::Lit(_)) => {
            mistakes.add(&name, "a name is a string: `name = \"API Token\"`");
            default()
        }
        _ => name,
    }
}

fn rejection(options: &mut Keyed, mistakes: &mut Mistakes) -> Rejection {
    let mut rejection = Rejection::default();
    if let Some((_, status)) = options.expr("status") {
        rejection.status = block_status(&status, mistakes);
    }
    let detail = options.expr("detail");
    if let Some((_, challenge)) = options.expr("challenge") {
        match literal_text(&challenge) {
            Some(text) if !is_field_value(&text) => {
                mistakes.add(
                    &challenge,
                    "a challenge is a value of `WWW-Authenticate`: visible ASCII characters",
                );
            }
            _ => rejection.challenge = Some(challenge),
        }
    }
    let content_type = options.expr("content_type");
    let body = options.expr("body");
    match (body, content_type) {
        (Some((_, body)), content_type) => {
            if let Some((key, _)) = &detail {
                mistakes.add(key, "`body` replaces the problem, so `detail` would never be sent");
            }
            let kind = content_type.and_then(|(_, kind)| header_text(&kind, mistakes));
            rejection.body = Some((kind.unwrap_or_else(|| "text/plain; charset=utf-8".to_owned()), body));
        }
        (None, Some((key, _))) => mistakes.add(key, "`content_type` says what `body` is, and there is none"),
        (None, None) => {}
    }
    rejection.detail = detail.map(|(_, detail)| detail);
    rejection.respond = options.expr("rejection").and_then(|(_, respond)| path(&respond, mistakes));
    for Written { key, value } in std::mem::take(&mut options.pairs) {
        let Value::Pair(name, value) = value else { continue };
        if key == "member" {
            if ["type", "title", "status", "detail", "instance", "shield"].contains(&name.value().as_str()) {
                mistakes.add(&name, format!("`{}` is a standard member of every problem", name.value()));
            }
            rejection.members.push((name.value(), value));
        } else if let Some(value) = header_text(&value, mistakes) {
            let text = name.value().to_ascii_lowercase();
            if FRAMING.contains(&text.as_str()) {
                mistakes.add(&name, "the server frames responses: this header is not a shield's to set");
            } else if is_token(&text) {
                rejection.headers.push((text, value));
            } else {
                mistakes.add(&name, "a header name has letters, digits and dashes");
            }
        }
    }
    rejection
}

fn block_status(expr: &Expr, mistakes: &mut Mistakes) -> Option<u16> {
    let status = match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse::<u16>().ok(),
        _ => None,
    };
    let status = status.filter(|status| (400..=499).contains(status));
    if status.is_none() {
        mistakes.add(expr, "a block is a client error: `status` is a number from 400 to 499");
    }
    status
}

fn header_text(expr: &Expr, mistakes: &mut Mistakes) -> Option<String> {
    let text = literal_text(expr).filter(|text| is_field_value(text));
    if text.is_none() {
        mistakes.add(expr, "a header value is a string of visible ASCII characters");
    }
    text
}

fn literal_text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// RFC 9110, section 5.5, as far as it is wise to send.
fn is_field_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Fields that say how a message is framed (RFC 9110, section 7.6.1; RFC 9112, section 6).
const FRAMING: [&str; 6] = ["content-length", "transfer-encoding", "connection", "upgrade", "trailer", "te"];

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn path(expr: &Expr, mistakes: &mut Mistakes) -> Option<syn::Path> {
    as_path(expr).map_err(|error| mistakes.push(error)).ok()
}

/// What the function returns, if it can be a shield at all.
fn signature(function: &ItemFn, mistakes: &mut Mistakes) -> Option<Type> {
    let signature = &function.sig;
    if let Some(token) = &signature.constness {
        mistakes.add(token, "a shield runs for each request: it cannot be `const`");
    }
    if let syn::Safety::Unsafe(token) = &signature.safety {
        mistakes.add(token, "a shield is safe to call: requests call it");
    }
    if let Some(abi) = &signature.abi {
        mistakes.add(abi, "a shield is an ordinary Rust function");
    }
    for lifetime in signature.generics.lifetimes() {
        mistakes.add(lifetime, "a shield outlives every request: it has no lifetime parameters");
    }
    match &signature.output {
        ReturnType::Type(_, ty) if contains_impl_trait(ty) => {
            mistakes.add(ty, "name the type: a stack's type says what it passes");
            None
        }
        ReturnType::Type(_, ty) => Some((**ty).clone()),
        ReturnType::Default => {
            mistakes.push(syn::Error::new(
                signature.ident.span(),
                "a shield has to answer: return `bool`, `Option<T>`, `Result<Option<T>, E>` or `Verdict<T>`",
            ));
            None
        }
    }
}

fn contains_impl_trait(ty: &Type) -> bool {
    ty.to_token_stream().into_iter().any(|token| token.to_string() == "impl")
}

fn split_docs(mut function: ItemFn) -> (Vec<Attribute>, ItemFn) {
    let attributes = std::mem::take(&mut function.attrs);
    let (docs, others) = attributes.into_iter().partition(|attribute| attribute.path().is_ident("doc"));
    function.attrs = others;
    (docs, function)
}

/// The arguments in order; `#[with]` and `#[section]` are taken off the function.
fn arguments(function: &mut ItemFn, mistakes: &mut Mistakes) -> Option<Vec<Argument>> {
    let mut arguments = Vec::new();
    let mut possible = true;
    for input in &mut function.sig.inputs {
        let typed = match input {
            FnArg::Typed(typed) => typed,
            FnArg::Receiver(receiver) => {
                mistakes
                    .add(receiver, "a shield is a free function; implement `Shield` and `Check` for a type");
                possible = false;
                continue;
            }
        };
        let (is_with, is_section) = (take(typed, "with"), take(typed, "section"));
        if is_with && is_section {
            mistakes.add(&typed.pat, "`#[section]` is enough: it names where the value comes from");
        }
        if !is_with && !is_section {
            arguments.push(match bare(&typed.ty) {
                Type::Reference(reference) => {
                    if let Some(token) = &reference.mutability {
                        mistakes
                            .add(token, "a shield only looks at the request: `&HeaderMap`, without `mut`");
                        possible = false;
                    }
                    Argument::Borrowed((*reference.elem).clone())
                }
                other => Argument::Request(other.clone()),
            });
            continue;
        }
        let Some(ident) = plain_ident(&typed.pat) else {
            let which = if is_section { "section" } else { "with" };
            let message = format!("a `#[{which}]` argument has a plain name: it becomes part of the shield");
            mistakes.add(&typed.pat, message);
            possible = false;
            continue;
        };
        let (stored, by_reference) = match &*typed.ty {
            Type::Reference(reference)
                if reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident == "_") =>
            {
                if is_unsized(&reference.elem) {
                    let message = "a shield keeps what it is given: `&'static str`, `&String` or `&Vec<T>`";
                    mistakes.add(reference, message);
                    possible = false;
                }
                ((*reference.elem).clone(), true)
            }
            other => (other.clone(), false),
        };
        arguments.push(Argument::With(With { ident: ident.clone(), stored, is_section, by_reference }));
    }
    possible.then_some(arguments)
}

/// Takes an attribute off an argument, and says whether it was there.
fn take(typed: &mut syn::PatType, name: &str) -> bool {
    let before = typed.attrs.len();
    typed.attrs.retain(|attribute| !attribute.path().is_ident(name));
    typed.attrs.len() < before
}

fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// A type that came through a macro's `$t:ty` stands in an invisible group.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare(&group.elem),
        other => other,
    }
}

/// Whether a result says that it passes no value: `bool`, or a unit in `Option`, `Result<Option<_>, _>`, `Verdict`.
fn passes_nothing(returns: &Type) -> bool {
    let Type::Path(path) = bare(returns) else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let first_argument = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    };
    match (last.ident.to_string().as_str(), first_argument) {
        ("bool", None) => true,
        ("Option" | "Verdict", Some(GenericArgument::Type(Type::Tuple(tuple)))) => tuple.elems.is_empty(),
        ("Result", Some(GenericArgument::Type(inner))) => passes_nothing(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_result_passes_nothing() {
        let cases: [(Type, bool); 7] = [
            (parse_quote!(bool), true),
            (parse_quote!(Option<()>), true),
            (parse_quote!(Result<Option<()>, Error>), true),
            (parse_quote!(testudo::Verdict<()>), true),
            (parse_quote!(Option<User>), false),
            (parse_quote!(Result<Option<User>, Error>), false),
            (parse_quote!(Option<bool>), false),
        ];
        for (ty, expected) in cases {
            assert_eq!(passes_nothing(&ty), expected, "{}", ty.to_token_stream());
        }
    }
}
