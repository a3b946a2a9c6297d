//! Which scope?

use std::{fmt, marker::PhantomData};

use testudo::prelude::*;

use super::ApiKey;

/// A scope that a key can have.
pub trait ScopeName: 'static {
    /// The scope as keys, clients and documentation write it.
    const NAME: &'static str;
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $scope:ident = $name:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        #[expect(clippy::exhaustive_enums, reason = "it has no values: it only names a scope in a type")]
        pub enum $scope {}

        impl ScopeName for $scope {
            const NAME: &'static str = $name;
        }
    )*};
}

scopes! {
    /// Reading invoices.
    InvoicesRead = "invoices:read";
    /// Creating and voiding invoices.
    InvoicesWrite = "invoices:write";
    /// Seeing and adding who works for the tenant.
    MembersAdmin = "members:admin";
}

/// The proof that the key has the scope `N`. Only [`scope()`] makes it.
pub struct Scope<N>(PhantomData<fn() -> N>);

/// Passes the proof that the key has the scope `N`; blocks with `403` and the scope that is missing (RFC 6750,
/// section 3.1).
#[shield(
    name = format!("Scope {}", N::NAME),
    decides,
    detail = format!("this API key does not have the scope `{}`", N::NAME),
    challenge = &format!(r#"Bearer error="insufficient_scope", scope="{}""#, N::NAME)
)]
pub fn scope<N: ScopeName>(Passed(key): Passed<ApiKey>) -> Option<Scope<N>> {
    key.scopes().contains(&N::NAME).then_some(Scope(PhantomData))
}

// Derived, these would ask the same of `N`.
impl<N> Clone for Scope<N> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<N: ScopeName> fmt::Debug for Scope<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({})", N::NAME)
    }
}
