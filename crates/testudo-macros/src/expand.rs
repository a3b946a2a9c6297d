//! Writes the code of a shield.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ItemFn, parse_quote, spanned::Spanned};

use crate::model::{Argument, Mistakes, Shield};

/// The function as it was, and what is wrong with it.
pub(crate) fn unchanged(mut function: ItemFn, mistakes: &Mistakes) -> TokenStream {
    for input in &mut function.sig.inputs {
        if let syn::FnArg::Typed(typed) = input {
            typed.attrs.retain(|attribute| !attribute.path().is_ident("with"));
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
    let Shield { docs, vis, ident, generics, .. } = shield;
    let (impls, types, wheres) = generics.split_for_impl();
    let fields: Vec<_> = shield.with().map(|with| &with.ident).collect();
    let stored: Vec<_> = shield.with().map(|with| &with.stored).collect();
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
        #[allow(non_camel_case_types, reason = "a shield keeps the name of its function")]
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
        #vis fn #ident #impls (#(#fields: #stored),*) -> #ident #types #wheres {
            #ident { #(#fields,)* __parameters: ::core::marker::PhantomData }
        }
    }
}

/// The function as it was written, for tests that call it.
fn call(shield: &Shield) -> TokenStream {
    let Shield { ident, generics, vis, .. } = shield;
    let (impls, types, wheres) = generics.split_for_impl();
    let mut function = shield.function.clone();
    function.vis = vis.clone();
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
    let fields = fields(shield);
    quote! {
        impl #impls #core::Shield for #ident #types #wheres {
            type Output = #output;
            type Access = #core::#access;

            fn info(&self) -> #core::ShieldInfo {
                #fields
                #core::ShieldInfo::of::<Self>(#name)
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
            let field = &with.ident;
            if with.by_reference {
                quote!(&self.#field)
            } else {
                quote!(::core::clone::Clone::clone(&self.#field))
            }
        }
    });
    let awaits = shield.function.sig.asyncness.map(|_| quote!(.await));
    let fields = fields(shield);
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
                    __block #rejection
                })
            }
        }
    }
}

/// Brings the `#[with]` arguments into scope for expressions in the attribute.
fn fields(shield: &Shield) -> TokenStream {
    let fields = shield.with().map(|with| &with.ident);
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
