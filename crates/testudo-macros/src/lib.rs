//! The `#[shield]` attribute. Use it through the `testudo` crate, which documents it.
//!
//! `parse` reads what was written, `validate` decides what it means and collects every mistake, `expand` writes
//! the code. Mistakes never hide each other, and the item stays in place so that they do not cascade.

mod expand;
mod model;
mod parse;
mod validate;

use proc_macro::TokenStream;

#[expect(missing_docs, reason = "documented where it is re-exported, so that its examples compile")]
#[proc_macro_attribute]
pub fn shield(arguments: TokenStream, item: TokenStream) -> TokenStream {
    shield_tokens(arguments.into(), &item.into()).into()
}

fn shield_tokens(
    arguments: proc_macro2::TokenStream,
    item: &proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let function: syn::ItemFn = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = syn::Error::new(error.span(), format!("#[shield] stands on a function: {error}"));
            let error = error.to_compile_error();
            return quote::quote!(#error #item);
        }
    };
    let mut mistakes = model::Mistakes::default();
    let attribute = model::identifiers(arguments.clone());
    let options = parse::options(arguments, &mut mistakes);
    match validate::shield(options, attribute, &function, &mut mistakes) {
        Some(shield) => expand::shield(&shield, &mistakes),
        None => expand::unchanged(function, &mistakes),
    }
}
