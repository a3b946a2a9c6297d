//! The shields.

use std::{fmt, marker::PhantomData};

use testudo_core::{Block, Check, Decides, Has, Passed, Shield, ShieldContext, ShieldInfo, Verdict};

use super::{
    names::{ScopeName, ScopeNames, Scoped, are_names, is_name},
    proof::{AllOf, AnyOf, Scope},
};

/// Passes credentials `C` with the scope `N`, and [`Scope<N>`](Scope) as the proof. Others are blocked: `403` with
/// `WWW-Authenticate: Bearer error="insufficient_scope"` and the scope (RFC 6750, section 3.1).
///
/// ```
/// use testudo::prelude::*;
/// use testudo_shields::scope::{self, Scope, ScopeName, Scoped};
///
/// #[derive(Clone)]
/// struct ApiKey(&'static str);
///
/// impl Scoped for ApiKey {
///     fn has_scope(&self, name: &str) -> bool {
///         self.0 == name
///     }
/// }
///
/// #[shield(decides)]
/// fn api_key(headers: &axum::http::HeaderMap) -> Option<ApiKey> {
///     Some(ApiKey(if headers.contains_key("x-reader") { "invoices:read" } else { "nothing" }))
/// }
///
/// enum InvoicesRead {}
///
/// impl ScopeName for InvoicesRead {
///     const NAME: &'static str = "invoices:read";
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let readers = Stack::new().shield(api_key).shield(scope::required::<InvoicesRead, ApiKey>());
/// let routes = Router::new().route("/", readers.get(async |_: Passed<Scope<InvoicesRead>>| "invoices"));
/// let service = testudo_testkit::TestService::start(routes, ()).await;
/// service.get("/").header("x-reader", "1").await.status(200).text("invoices");
/// service.get("/").await.status(403).problem().shield("Scope invoices:read");
/// # });
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn required<N: ScopeName, C: Scoped>() -> RequiredScopes<C, Scope<N>> {
    const { assert!(is_name(N::NAME), "a scope is one word of visible ASCII without quotes and backslashes") };
    RequiredScopes::new(&[N::NAME], Rule::All, Scope::new)
}

/// Passes credentials `C` with every scope of the tuple `N`, and [`AllOf<N>`](AllOf) as the proof. Others are blocked as
/// [`required`] does.
///
/// ```
/// use testudo_shields::scope::{self, ScopeName, Scoped};
///
/// struct ApiKey;
/// # impl Scoped for ApiKey { fn has_scope(&self, _: &str) -> bool { false } }
/// enum Read {}
/// enum Write {}
/// # impl ScopeName for Read { const NAME: &'static str = "read"; }
/// # impl ScopeName for Write { const NAME: &'static str = "write"; }
///
/// let both = scope::all_of::<(Read, Write), ApiKey>();
/// assert_eq!(both.required(), ["read", "write"]);
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn all_of<N: ScopeNames, C: Scoped>() -> RequiredScopes<C, AllOf<N>> {
    const { assert!(are_names(N::NAMES), "a scope is one word of visible ASCII without quotes and backslashes") };
    RequiredScopes::new(N::NAMES, Rule::All, AllOf::new)
}

/// Passes credentials `C` with at least one scope of the tuple `N`, and [`AnyOf<N>`](AnyOf) as the proof. Others are
/// blocked as [`required`] does; the challenge names all of them, which is enough though not needed.
///
/// ```
/// use testudo_shields::scope::{self, ScopeName, Scoped};
///
/// struct ApiKey;
/// # impl Scoped for ApiKey { fn has_scope(&self, _: &str) -> bool { false } }
/// enum Read {}
/// enum Audit {}
/// # impl ScopeName for Read { const NAME: &'static str = "read"; }
/// # impl ScopeName for Audit { const NAME: &'static str = "audit"; }
///
/// let either = scope::any_of::<(Read, Audit), ApiKey>();
/// assert_eq!(either.required(), ["read", "audit"]);
/// ```
#[must_use = "a shield guards nothing until it is stacked"]
pub fn any_of<N: ScopeNames, C: Scoped>() -> RequiredScopes<C, AnyOf<N>> {
    const { assert!(are_names(N::NAMES), "a scope is one word of visible ASCII without quotes and backslashes") };
    RequiredScopes::new(N::NAMES, Rule::Any, AnyOf::new)
}

#[derive(Debug, Clone, Copy)]
enum Rule {
    Any,
    All,
}

/// The shield that [`required`], [`all_of`] and [`any_of`] make: of credentials `C`, with the proof `P`.
///
/// ```
/// use testudo_shields::scope::{self, RequiredScopes, Scope, ScopeName, Scoped};
///
/// struct ApiKey;
/// # impl Scoped for ApiKey { fn has_scope(&self, _: &str) -> bool { false } }
/// enum Read {}
/// # impl ScopeName for Read { const NAME: &'static str = "read"; }
///
/// let shield: RequiredScopes<ApiKey, Scope<Read>> = scope::required::<Read, ApiKey>();
/// assert_eq!(shield.required(), ["read"]);
/// ```
pub struct RequiredScopes<C, P> {
    names: Vec<&'static str>,
    rule: Rule,
    prove: fn() -> P,
    credential: PhantomData<fn(&C)>,
}

impl<C, P> RequiredScopes<C, P> {
    fn new(names: &[&'static str], rule: Rule, prove: fn() -> P) -> Self {
        Self { names: names.to_vec(), rule, prove, credential: PhantomData }
    }

    /// The names of the scopes.
    pub fn required(&self) -> &[&'static str] {
        &self.names
    }
}

impl<C: 'static, P: Clone + Send + Sync + 'static> Shield for RequiredScopes<C, P> {
    type Output = Passed<P>;
    type Access = Decides;

    fn info(&self) -> ShieldInfo {
        let between = match self.rule {
            Rule::All => " and ",
            Rule::Any => " or ",
        };
        ShieldInfo::of::<Self>(format!("Scope {}", self.names.join(between)))
    }
}

impl<L, S, I, C, P> Check<L, S, I> for RequiredScopes<C, P>
where
    L: Has<C, I> + Sync,
    S: Sync,
    C: Scoped + 'static,
    P: Clone + Send + Sync + 'static,
{
    async fn check(&self, _request: &mut ShieldContext, passed: &L, _state: &S) -> Verdict<P> {
        let credential = passed.value();
        let has = |name: &&'static str| credential.has_scope(name);
        let is_enough = match self.rule {
            Rule::All => self.names.iter().all(has),
            Rule::Any => self.names.iter().any(has),
        };
        if is_enough { Verdict::Pass((self.prove)()) } else { Verdict::Block(self.insufficient()) }
    }
}

impl<C, P> RequiredScopes<C, P> {
    fn insufficient(&self) -> Block {
        let detail = match (self.rule, self.names.as_slice()) {
            (_, [one]) => format!("the scope `{one}` is required"),
            (Rule::All, all) => format!("the scopes `{}` are required", all.join("`, `")),
            (Rule::Any, any) => format!("one of the scopes `{}` is required", any.join("`, `")),
        };
        let scope = self.names.join(" ");
        Block::forbidden(detail).challenge(&format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""))
    }
}

impl<C, P> fmt::Debug for RequiredScopes<C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequiredScopes")
            .field("rule", &self.rule)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
