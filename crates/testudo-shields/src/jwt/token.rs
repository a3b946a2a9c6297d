//! The proof that a token holds.

use std::{fmt, ops::Deref, sync::Arc, time::SystemTime};

use super::claims::Registered;

/// A token that holds, with the claims `T` that the service reads from it. Only [`bearer`](super::bearer) can make it.
///
/// It derefs to the claims; the registered ones (RFC 7519, section 4.1) are beside them. One type of claims for each
/// issuer keeps the proofs apart: a handler that names `Passed<Token<Customer>>` is out of reach of `Token<Staff>`.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_shields::jwt::Token;
///
/// #[derive(serde::Deserialize)]
/// struct Customer {
///     plan: String,
/// }
///
/// async fn account(Passed(token): Passed<Token<Customer>>) -> String {
///     format!("{} has the plan {}", token.subject().unwrap_or("somebody"), token.plan)
/// }
/// # assert_eq!(std::any::type_name::<Token<Customer>>().matches("Customer").count(), 1);
/// ```
pub struct Token<T>(Arc<Content<T>>);

struct Content<T> {
    registered: Registered,
    claims: T,
}

impl<T> Token<T> {
    pub(super) fn new(registered: Registered, claims: T) -> Self {
        Self(Arc::new(Content { registered, claims }))
    }

    /// The claims that the service reads.
    ///
    /// ```
    /// # struct Customer { plan: String }
    /// fn plan(token: &testudo_shields::jwt::Token<Customer>) -> &str {
    ///     &token.claims().plan
    /// }
    /// # assert!(std::mem::size_of_val(&plan) == 0);
    /// ```
    pub fn claims(&self) -> &T {
        &self.0.claims
    }

    /// Whom it is about: `sub`. Unique only together with the [`issuer`](Self::issuer).
    ///
    /// ```
    /// fn who<T>(token: &testudo_shields::jwt::Token<T>) -> &str {
    ///     token.subject().unwrap_or("somebody")
    /// }
    /// # assert!(std::mem::size_of_val(&who::<()>) == 0);
    /// ```
    pub fn subject(&self) -> Option<&str> {
        self.0.registered.subject.as_deref()
    }

    /// Who issued it: `iss`, which is that of the settings.
    ///
    /// ```
    /// fn from_us<T>(token: &testudo_shields::jwt::Token<T>) -> bool {
    ///     token.issuer() == "https://id.example.com"
    /// }
    /// # assert!(std::mem::size_of_val(&from_us::<()>) == 0);
    /// ```
    pub fn issuer(&self) -> &str {
        &self.0.registered.issuer
    }

    /// For whom it is: `aud`. One of them at least is in the settings.
    ///
    /// ```
    /// fn is_for_us_alone<T>(token: &testudo_shields::jwt::Token<T>) -> bool {
    ///     token.audience().len() == 1
    /// }
    /// # assert!(std::mem::size_of_val(&is_for_us_alone::<()>) == 0);
    /// ```
    pub fn audience(&self) -> &[String] {
        &self.0.registered.audience
    }

    /// Its own id: `jti`.
    ///
    /// ```
    /// fn is_revoked<T>(token: &testudo_shields::jwt::Token<T>, revoked: &[&str]) -> bool {
    ///     token.id().is_none_or(|id| revoked.contains(&id))
    /// }
    /// # assert!(std::mem::size_of_val(&is_revoked::<()>) == 0);
    /// ```
    pub fn id(&self) -> Option<&str> {
        self.0.registered.id.as_deref()
    }

    /// When it expires: `exp`. It may be past by the leeway.
    ///
    /// ```
    /// use std::time::SystemTime;
    ///
    /// fn until<T>(token: &testudo_shields::jwt::Token<T>) -> SystemTime {
    ///     token.expires_at()
    /// }
    /// # assert!(std::mem::size_of_val(&until::<()>) == 0);
    /// ```
    pub fn expires_at(&self) -> SystemTime {
        self.0.registered.expires_at
    }

    /// When it was issued: `iat`. It may be ahead by the leeway.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    ///
    /// /// Whether somebody has signed in just now, as a change of the password may demand.
    /// fn is_fresh<T>(token: &testudo_shields::jwt::Token<T>, now: SystemTime) -> bool {
    ///     let age = |issued| now.duration_since(issued).unwrap_or_default();
    ///     token.issued_at().is_some_and(|issued| age(issued) < Duration::from_secs(300))
    /// }
    /// # assert!(std::mem::size_of_val(&is_fresh::<()>) == 0);
    /// ```
    pub fn issued_at(&self) -> Option<SystemTime> {
        self.0.registered.issued_at
    }
}

impl<T> Deref for Token<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.claims()
    }
}

impl<T> Clone for Token<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

/// Claims are about people, and stay out of logs.
impl<T> fmt::Debug for Token<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("issuer", &self.0.registered.issuer).finish_non_exhaustive()
    }
}
