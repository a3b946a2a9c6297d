//! Writes the code of a shield.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ItemFn, parse_quote, spanned::Spanned};

use crate::model::{Argument, Mistakes, Shield, With};

/// The function as it was, and what is wrong with it.
pub(crate) fn unchanged(mut function: ItemFn, mistakes: &Mistakes) -> TokenStream {
    for input in &mut function.sig.inputs {
        if let syn::FnArg::Typed(typed) = input {
            let is_ours = |attribute: &syn::Attribute| {
                attribute.path().is_ident("with") || attribute.path().is_ident("section")
            };
            typed.attrs.retain(|attribute| !is_ours(attribute));
        }
    }
    let errors = mistakes.to_compile_errors();
    quote!(#errors #function)
}

/// A type that is the shield, and what it does.
pub(crate) fn shield(shield: &Shield, mistakes: &Mistakes) -> TokenStream {
    let errors = mistakes.to_compile_errors();
    let item = item(shield);
    let call = call(shield);
    let description = description(shield);
    let check = check(shield);
    quote!(#errors #item #call #description #check)
}

/// The type itself, and a function of its name that makes it. A unit struct would take the name away from variables.
fn item(shield: &Shield) -> TokenStream {
    let Shield { core, docs, vis, ident, generics, .. } = shield;
    let (impls, types, wheres) = generics.split_for_impl();
    let fields: Vec<_> = shield.with().map(|with| &with.ident).collect();
    let stored: Vec<_> = shield.with().map(|with| kept(core, with)).collect();
    let given = shield.with().zip(&stored).map(|(with, kept)| {
        if with.is_section { quote!(impl ::core::convert::Into<#kept>) } else { kept.clone() }
    });
    let values = shield.with().map(|with| {
        let field = &with.ident;
        if with.is_section { quote!(#field: ::core::convert::Into::into(#field)) } else { quote!(#field) }
    });
    let parameters: Vec<&Ident> = generics.type_params().map(|parameter| &parameter.ident).collect();
    let text = ident.to_string();
    let default = fields.is_empty().then(|| {
        quote! {
            impl #impls ::core::default::Default for #ident #types #wheres {
                fn default() -> Self {
                    Self { __parameters: ::core::marker::PhantomData }
                }
            }
        }
    });
    quote! {
        #(#docs)*
        #[allow(
            non_camel_case_types,
            clippy::struct_field_names,
            reason = "a shield keeps the names of its function and arguments"
        )]
        #vis struct #ident #generics #wheres {
            #(#fields: #stored,)*
            __parameters: ::core::marker::PhantomData<fn() -> (#(#parameters,)*)>,
        }

        impl #impls ::core::fmt::Debug for #ident #types #wheres {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(#text)
            }
        }

        #default

        #(#docs)*
        #[must_use = "a shield guards nothing until it is stacked"]
        #vis fn #ident #impls (#(#fields: #given),*) -> #ident #types #wheres {
            #ident { #(#values,)* __parameters: ::core::marker::PhantomData }
        }
    }
}

/// What the shield keeps of an argument.
fn kept(core: &syn::Path, with: &With) -> TokenStream {
    let stored = &with.stored;
    if with.is_section { quote!(#core::Section<#stored>) } else { quote!(#stored) }
}

/// The function as it was written, for tests that call it.
fn call(shield: &Shield) -> TokenStream {
    let Shield { ident, generics, vis, .. } = shield;
    let (impls, types, wheres) = generics.split_for_impl();
    let mut function = shield.function.clone();
    function.vis = vis.clone();
    // Nothing that a service calls.
    function.attrs.push(syn::parse_quote!(#[doc(hidden)]));
    function.sig.ident = parse_quote!(call);
    function.sig.generics = syn::Generics::default();
    allow_unused_with(&mut function, shield);
    quote! {
        impl #impls #ident #types #wheres {
            /// The function of this shield, for calling it by hand.
            // Nothing here is for whoever wrote the function to change: which of these lints it runs into depends on it.
            #[allow(
                clippy::missing_errors_doc,
                clippy::missing_panics_doc,
                clippy::must_use_candidate,
                clippy::needless_pass_by_value,
                clippy::too_many_arguments,
                clippy::unnecessary_wraps,
                clippy::unused_async,
                reason = "the shield has the documentation; its function is given values, may have to wait, and returns a verdict"
            )]
            #function
        }
    }
}

/// A `#[with]` argument may be there for an expression in the attribute alone.
fn allow_unused_with(function: &mut ItemFn, shield: &Shield) {
    for (input, argument) in function.sig.inputs.iter_mut().zip(&shield.arguments) {
        if let (syn::FnArg::Typed(typed), Argument::With(with)) = (input, argument)
            && shield.attribute.contains(&with.ident)
        {
            typed.attrs.push(parse_quote!(#[allow(unused_variables, reason = "the attribute uses it")]));
        }
    }
}

fn description(shield: &Shield) -> TokenStream {
    let Shield { core, ident, generics, returns, name, .. } = shield;
    let (impls, types, wheres) = bounded(shield, generics);
    let output = if shield.passes_nothing {
        quote!(())
    } else {
        // At the return type, so that a wrong one is pointed at.
        quote_spanned!(returns.span()=> <#returns as #core::ShieldResult>::Output)
    };
    let access = if shield.decides { quote!(Decides) } else { quote!(Protects) };
    let fields = fields(shield.with().filter(|with| !with.is_section));
    let needs = shield.sections().map(|section| {
        let (field, stored) = (&section.ident, &section.stored);
        // At the type, so that one that is no section is pointed at.
        let wanted = quote_spanned!(stored.span()=> #core::WantedSection::of::<#stored>);
        quote!(.needing(#wanted(&self.#field)))
    });
    quote! {
        impl #impls #core::Shield for #ident #types #wheres {
            type Output = #output;
            type Access = #core::#access;

            fn info(&self) -> #core::ShieldInfo {
                #fields
                #core::ShieldInfo::of::<Self>(#name) #(#needs)*
            }
        }
    }
}

fn check(shield: &Shield) -> TokenStream {
    let Shield { core, ident, generics, returns, .. } = shield;
    let requested: Vec<_> = shield.requested().collect();
    let names: Vec<Ident> = (0..requested.len()).map(|index| format_ident!("__argument_{index}")).collect();
    let mut given = names.iter();
    let arguments = shield.arguments.iter().map(|argument| match argument {
        Argument::Request(_) => {
            let name = given.next();
            quote!(#name)
        }
        Argument::Borrowed(part) => {
            // At the argument, so that a wrong one is pointed at; our own names stay ours.
            let of = quote_spanned!(part.span()=> <#part as #core::wiring::BorrowedPart>::of);
            quote!(#of(__request.parts()))
        }
        Argument::With(with) => {
            let value = if with.is_section {
                let section = section_name(with);
                quote!(#section)
            } else {
                let field = &with.ident;
                quote!(&self.#field)
            };
            if with.by_reference { value } else { quote!(::core::clone::Clone::clone(#value)) }
        }
    });
    let awaits = shield.function.sig.asyncness.map(|_| quote!(.await));
    let sections = sections(shield);
    let fields = fields(shield.with());
    let said = shield.sections().filter(|section| shield.attribute.contains(&section.ident));
    let said = said.map(|section| {
        let (field, value) = (&section.ident, section_name(section));
        quote!(let #field = #value;)
    });
    let rejection = rejection(shield);
    let into_verdict = quote_spanned!(returns.span()=> #core::ShieldResult::into_verdict);

    let (_, types, _) = generics.split_for_impl();
    let mut generics = generics.clone();
    bind(&mut generics);
    generics.params.push(parse_quote!(__ListOfStack));
    generics.params.push(parse_quote!(__StateOfStack));
    generics.params.push(parse_quote!(__FoundVia));
    generics.make_where_clause().predicates.extend::<Vec<syn::WherePredicate>>(vec![
        parse_quote!(__ListOfStack: ::core::marker::Sync),
        parse_quote!(__StateOfStack: ::core::marker::Send + ::core::marker::Sync),
        parse_quote!((#(#requested,)*): #core::wiring::ShieldArguments<__ListOfStack, __StateOfStack, __FoundVia>),
    ]);
    let (impls, _, wheres) = generics.split_for_impl();
    quote! {
        impl #impls #core::Check<__ListOfStack, __StateOfStack, __FoundVia> for #ident #types #wheres {
            async fn check(
                &self,
                __request: &mut #core::ShieldContext,
                __passed: &__ListOfStack,
                __state: &__StateOfStack,
            ) -> #core::Verdict<#core::Value<Self>> {
                #sections
                let __verdict = match <(#(#requested,)*) as #core::wiring::ShieldArguments<
                    __ListOfStack,
                    __StateOfStack,
                    __FoundVia,
                >>::from_shared(__request, __passed, __state).await {
                    ::core::result::Result::Ok((#(#names,)*)) => {
                        let __result: #returns = Self::call(#(#arguments),*) #awaits;
                        #into_verdict(__result)
                    }
                    ::core::result::Result::Err(__refusal) => __refusal.into_verdict(),
                };
                #core::Verdict::map_block(__verdict, |__block| {
                    #fields
                    #(#said)*
                    __block #rejection
                })
            }
        }
    }
}

/// What the sections say. A shield whose section has not been read lets nobody pass.
fn sections(shield: &Shield) -> TokenStream {
    let Shield { core, .. } = shield;
    let sections = shield.sections().map(|section| {
        let (field, value) = (&section.ident, section_name(section));
        quote! {
            let ::core::option::Option::Some(#value) = self.#field.get() else {
                return #core::Verdict::Fail(#core::Fail::bug(self.#field.unread()));
            };
        }
    });
    quote!(#(#sections)*)
}

fn section_name(section: &With) -> Ident {
    format_ident!("__{}_section", section.ident)
}

/// Brings arguments that were given into scope for expressions in the attribute.
fn fields<'s>(given: impl Iterator<Item = &'s With>) -> TokenStream {
    let fields = given.map(|with| &with.ident);
    quote! {
        #[allow(unused_variables, reason = "for the expressions that want them")]
        let Self { #(#fields,)* .. } = self;
    }
}

/// The attribute's wording, where the block has none of its own.
fn rejection(shield: &Shield) -> TokenStream {
    let Shield { core, rejection, .. } = shield;
    let status = rejection.status.iter().map(|status| quote!(.or_status(#core::__private::status(#status))));
    let detail =
        rejection.detail.iter().map(|detail| quote!(.or_detail(|| ::std::borrow::Cow::from(#detail))));
    let challenge = rejection.challenge.iter().map(|challenge| quote!(.or_challenge(#challenge)));
    let headers = rejection.headers.iter().map(|(name, value)| {
        quote! {
            .header(
                #core::__private::HeaderName::from_static(#name),
                #core::__private::HeaderValue::from_static(#value),
            )
        }
    });
    let members = rejection.members.iter().map(|(name, value)| quote!(.or_member(#name, || (#value).into())));
    let body = rejection.body.iter().map(|(content_type, body)| {
        quote!(.or_body(#core::__private::HeaderValue::from_static(#content_type), #body))
    });
    let respond = rejection.respond.iter().map(|respond| quote!(.or_respond_with(#respond)));
    quote!(#(#status)* #(#detail)* #(#challenge)* #(#headers)* #(#members)* #(#body)* #(#respond)*)
}

/// Type parameters of a shield live as long as the program.
fn bind(generics: &mut syn::Generics) {
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!('static));
    }
}

fn bounded(shield: &Shield, generics: &syn::Generics) -> (TokenStream, TokenStream, TokenStream) {
    let mut generics = generics.clone();
    bind(&mut generics);
    let with = shield.with().map(|with| &with.stored);
    if !shield.generics.params.is_empty() {
        let predicates: Vec<syn::WherePredicate> = with
            .map(|stored| parse_quote!(#stored: ::core::marker::Send + ::core::marker::Sync + 'static))
            .collect();
        if !predicates.is_empty() {
            generics.make_where_clause().predicates.extend(predicates);
        }
    }
    let (impls, types, wheres) = generics.split_for_impl();
    (quote!(#impls), quote!(#types), quote!(#wheres))
}
