//! What stands between the parentheses of `#[shield(..)]`.

use proc_macro2::TokenStream;
use syn::{
    Expr, Ident, LitStr, Path, Token, parenthesized,
    parse::{Parse, ParseStream, Parser},
    spanned::Spanned,
    token::Paren,
};

use crate::model::Mistakes;

/// The options as they were written: nothing is known to be right yet.
pub(crate) struct Options(pub(crate) Vec<Written>);

/// One option.
pub(crate) struct Written {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

/// What was given to a key.
pub(crate) enum Value {
    /// `decides`
    Nothing,
    /// `status = 401`
    Expr(Expr),
    /// `header("x-shield-blocked" = "true")`
    Pair(LitStr, Expr),
}

/// Keys that take no value, an expression, or a named value. One list drives parsing and its messages.
const FLAGS: [&str; 2] = ["decides", "protects"];
const EXPRESSIONS: [&str; 8] =
    ["name", "status", "detail", "challenge", "body", "content_type", "rejection", "crate"];
const PAIRS: [&str; 2] = ["header", "member"];

/// Reads the options. One that cannot be read is reported, and reading goes on after the next comma.
pub(crate) fn options(arguments: TokenStream, mistakes: &mut Mistakes) -> Options {
    let read = |input: ParseStream<'_>| {
        let mut options = Vec::new();
        while !input.is_empty() {
            match input.parse::<Written>() {
                Ok(option) => options.push(option),
                Err(error) => {
                    mistakes.push(error);
                    skip_to_comma(input);
                }
            }
            if !input.is_empty()
                && let Err(error) = input.parse::<Token![,]>()
            {
                mistakes.push(error);
                skip_to_comma(input);
                let _ = input.parse::<Token![,]>();
            }
        }
        Ok(Options(options))
    };
    read.parse2(arguments).unwrap_or_else(|error| {
        mistakes.push(error);
        Options(Vec::new())
    })
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // A token tree can always be read.
        let _ = input.parse::<proc_macro2::TokenTree>();
    }
}

impl Parse for Written {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let key: Ident = input.call(<Ident as syn::ext::IdentExt>::parse_any)?;
        let text = key.to_string();
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Expr(input.parse()?)
        } else if input.peek(Paren) {
            let inside;
            parenthesized!(inside in input);
            let name: LitStr = inside.parse()?;
            inside.parse::<Token![=]>()?;
            let value = inside.parse()?;
            if !inside.is_empty() {
                return Err(inside.error(format!("one name and value; repeat `{text}` for more")));
            }
            Value::Pair(name, value)
        } else {
            Value::Nothing
        };
        let expected = if FLAGS.contains(&text.as_str()) {
            matches!(value, Value::Nothing).then_some(()).ok_or(format!("`{text}` takes no value"))
        } else if EXPRESSIONS.contains(&text.as_str()) {
            matches!(value, Value::Expr(_)).then_some(()).ok_or(format!("write `{text} = ..`"))
        } else if PAIRS.contains(&text.as_str()) {
            matches!(value, Value::Pair(..)).then_some(()).ok_or(format!("write `{text}(\"name\" = value)`"))
        } else {
            Err(unknown(&text))
        };
        expected.map_err(|message| syn::Error::new(key.span(), message))?;
        Ok(Self { key, value })
    }
}

fn unknown(key: &str) -> String {
    let known: Vec<&str> = FLAGS.iter().chain(&EXPRESSIONS).chain(&PAIRS).copied().collect();
    let nearest =
        known.iter().min_by_key(|known| distance(known, key)).filter(|known| distance(known, key) <= 2);
    match nearest {
        Some(nearest) => format!("unknown key `{key}`; did you mean `{nearest}`?"),
        None => format!("unknown key `{key}`; there are: {}", known.join(", ")),
    }
}

/// Edits that turn one word into the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// An expression that has to be a path: of a function, or of the crate.
pub(crate) fn as_path(expr: &Expr) -> syn::Result<Path> {
    match expr {
        Expr::Path(path) if path.qself.is_none() && path.attrs.is_empty() => Ok(path.path.clone()),
        other => Err(syn::Error::new(other.span(), "a path is expected here")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_is_one_or_two_edits_away() {
        assert_eq!(distance("status", "statsu"), 2);
        assert_eq!(unknown("decide"), "unknown key `decide`; did you mean `decides`?");
        assert!(unknown("colour").starts_with("unknown key `colour`; there are: decides, protects"));
    }
}
