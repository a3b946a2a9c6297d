//! The proof that a token holds.

use std::{fmt, ops::Deref, sync::Arc, time::SystemTime};

use super::claims::Registered;

/// A token that holds, with the claims `T` that the service reads from it. Only [`bearer`](super::bearer) can make it.
///
/// It derefs to the claims; the registered ones (RFC 7519, section 4.1) are beside them. One type of claims for each
/// issuer keeps the proofs apart: a handler that names `Passed<Token<Customer>>` is out of reach of `Token<Staff>`.
///
/// ```
/// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
/// # use example::*;
/// async fn account(Passed(token): Passed<Token<Customer>>) -> String {
///     format!("{} has the plan {}", token.subject().unwrap_or("somebody"), token.plan)
/// }
///
/// let token: Token<Customer> = given_token();
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// assert_eq!(account(Passed(token)).await, "ann has the plan pro");
/// # });
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
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.claims().plan, "pro");
    /// ```
    pub fn claims(&self) -> &T {
        &self.0.claims
    }

    /// Whom it is about: `sub`. Unique only together with the [`issuer`](Self::issuer).
    ///
    /// ```
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.subject(), Some("ann"));
    /// ```
    pub fn subject(&self) -> Option<&str> {
        self.0.registered.subject.as_deref()
    }

    /// Who issued it: `iss`, which is that of the settings.
    ///
    /// ```
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.issuer(), "https://id.example.com");
    /// ```
    pub fn issuer(&self) -> &str {
        &self.0.registered.issuer
    }

    /// For whom it is: `aud`. One of them at least is in the settings.
    ///
    /// ```
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.audience(), ["https://api.example.com"]);
    /// ```
    pub fn audience(&self) -> &[String] {
        &self.0.registered.audience
    }

    /// Its own id: `jti`.
    ///
    /// ```
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.id(), Some("t-7"));
    /// ```
    pub fn id(&self) -> Option<&str> {
        self.0.registered.id.as_deref()
    }

    /// What it may be used for: `scope` (RFC 8693, section 4.2).
    ///
    /// ```
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.scopes(), ["invoices:read", "invoices:write"]);
    /// ```
    pub fn scopes(&self) -> &[String] {
        &self.0.registered.scopes
    }

    /// When it expires: `exp`. It may be past by the leeway.
    ///
    /// ```
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.expires_at(), std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(600));
    /// ```
    pub fn expires_at(&self) -> SystemTime {
        self.0.registered.expires_at
    }

    /// When it was issued: `iat`. It may be ahead by the leeway.
    ///
    /// ```
    /// # mod example { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/jwt/example.rs")); }
    /// # use example::*;
    /// let token: Token<Customer> = given_token();
    /// assert_eq!(token.issued_at(), Some(std::time::SystemTime::UNIX_EPOCH));
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
