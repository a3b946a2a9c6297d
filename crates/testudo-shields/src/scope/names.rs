//! Scopes by their names, and credentials that have some.

mod sealed {
    pub trait Sealed {}
}

/// A scope as a type.
///
/// The name is of the characters that RFC 6749, section 3.3, allows: visible ones of ASCII without `"` and `\`. Another
/// one does not compile where the scope is required.
///
/// ```
/// use testudo_shields::scope::ScopeName;
///
/// enum InvoicesRead {}
///
/// impl ScopeName for InvoicesRead {
///     const NAME: &'static str = "invoices:read";
/// }
/// assert_eq!(InvoicesRead::NAME, "invoices:read");
/// ```
///
/// ```compile_fail,E0080
/// enum Two {}
///
/// impl testudo_shields::scope::ScopeName for Two {
///     const NAME: &'static str = "invoices:read invoices:write";
/// }
/// struct Key;
/// # impl testudo_shields::scope::Scoped for Key { fn has_scope(&self, _: &str) -> bool { true } }
/// let shield = testudo_shields::scope::required::<Two, Key>();
/// ```
pub trait ScopeName: 'static {
    /// Its name in credentials. Case counts.
    const NAME: &'static str;
}

/// Several scopes, as a tuple of two to six. There is no empty one: nobody lacks nothing.
///
/// ```
/// use testudo_shields::scope::{ScopeName, ScopeNames};
///
/// enum Read {}
/// enum Write {}
/// impl ScopeName for Read { const NAME: &'static str = "read"; }
/// impl ScopeName for Write { const NAME: &'static str = "write"; }
///
/// assert_eq!(<(Read, Write)>::NAMES, ["read", "write"]);
/// ```
///
/// ```compile_fail,E0277
/// # struct Key;
/// # impl testudo_shields::scope::Scoped for Key { fn has_scope(&self, _: &str) -> bool { true } }
/// let shield = testudo_shields::scope::all_of::<(), Key>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of scopes",
    label = "not a tuple of two to six scopes",
    note = "write them as a tuple, such as `(InvoicesRead, InvoicesWrite)`; a single one is `required`"
)]
pub trait ScopeNames: sealed::Sealed + 'static {
    /// Their names.
    const NAMES: &'static [&'static str];
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: ScopeName),+> sealed::Sealed for ($($name,)+) {}

        impl<$($name: ScopeName),+> ScopeNames for ($($name,)+) {
            const NAMES: &'static [&'static str] = &[$($name::NAME),+];
        }
    };
}

tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);

/// A credential that has scopes.
///
/// ```
/// use testudo_shields::scope::Scoped;
///
/// struct ApiKey {
///     scopes: Vec<String>,
/// }
///
/// impl Scoped for ApiKey {
///     fn has_scope(&self, name: &str) -> bool {
///         self.scopes.iter().any(|scope| scope == name)
///     }
/// }
/// assert!(ApiKey { scopes: vec!["invoices:read".to_owned()] }.has_scope("invoices:read"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no scopes",
    label = "not a credential with scopes",
    note = "`jwt::Token` has them; implement `Scoped` for a credential of your own"
)]
pub trait Scoped {
    /// Whether it has this one. Names are compared letter for letter.
    fn has_scope(&self, name: &str) -> bool;
}

#[cfg(feature = "jwt")]
impl<T> Scoped for crate::jwt::Token<T> {
    fn has_scope(&self, name: &str) -> bool {
        self.scopes().iter().any(|scope| scope == name)
    }
}

/// RFC 6749, section 3.3, `scope-token`.
pub(super) const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if !matches!(bytes[index], 0x21 | 0x23..=0x5b | 0x5d..=0x7e) {
            return false;
        }
        index += 1;
    }
    !bytes.is_empty()
}

/// Whether all of them are names.
pub(super) const fn are_names(names: &[&str]) -> bool {
    let mut index = 0;
    while index < names.len() {
        if !is_name(names[index]) {
            return false;
        }
        index += 1;
    }
    !names.is_empty()
}
