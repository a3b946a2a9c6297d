//! What is true behind these shields.

use std::{fmt, marker::PhantomData};

macro_rules! proof {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name<N>(PhantomData<fn() -> N>);

        impl<N> $name<N> {
            pub(super) fn new() -> Self {
                Self(PhantomData)
            }
        }

        impl<N> Clone for $name<N> {
            fn clone(&self) -> Self {
                Self(PhantomData)
            }
        }

        impl<N> fmt::Debug for $name<N> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

proof! {
    /// The proof that the credential has the scope `N`. Only [`required`](super::required) can make it.
    ///
    /// ```
    /// use testudo::prelude::*;
    /// use testudo_shields::scope::{Scope, ScopeName};
    ///
    /// enum InvoicesRead {}
    /// # impl ScopeName for InvoicesRead { const NAME: &'static str = "invoices:read"; }
    ///
    /// async fn invoices(_: Passed<Scope<InvoicesRead>>) -> &'static str {
    ///     "invoices"
    /// }
    /// # assert_eq!(InvoicesRead::NAME, "invoices:read");
    /// ```
    Scope
}

proof! {
    /// The proof that the credential has every scope of the tuple `N`. Only [`all_of`](super::all_of) can make it.
    ///
    /// ```
    /// use testudo::prelude::*;
    /// use testudo_shields::scope::{AllOf, ScopeName, ScopeNames};
    ///
    /// enum Read {}
    /// enum Write {}
    /// # impl ScopeName for Read { const NAME: &'static str = "read"; }
    /// # impl ScopeName for Write { const NAME: &'static str = "write"; }
    ///
    /// async fn copy(_: Passed<AllOf<(Read, Write)>>) -> &'static str {
    ///     "copied"
    /// }
    /// # assert_eq!(<(Read, Write)>::NAMES.len(), 2);
    /// ```
    AllOf
}

proof! {
    /// The proof that the credential has at least one scope of the tuple `N`. Only [`any_of`](super::any_of) can make it.
    ///
    /// ```
    /// use testudo::prelude::*;
    /// use testudo_shields::scope::{AnyOf, ScopeName, ScopeNames};
    ///
    /// enum Read {}
    /// enum Audit {}
    /// # impl ScopeName for Read { const NAME: &'static str = "read"; }
    /// # impl ScopeName for Audit { const NAME: &'static str = "audit"; }
    ///
    /// async fn look(_: Passed<AnyOf<(Read, Audit)>>) -> &'static str {
    ///     "seen"
    /// }
    /// # assert_eq!(<(Read, Audit)>::NAMES.len(), 2);
    /// ```
    AnyOf
}
