//! The type-level list of what a stack passes down.
//!
//! A stack's list is part of its type, so `Passed<T>` is looked up while the program is compiled and costs a
//! field access when it runs.

use std::{fmt, marker::PhantomData};

use crate::seal::Seal;

/// The empty list: nothing has been passed yet.
///
/// ```
/// use testudo_core::{Nothing, Passes};
///
/// let list: Passes![] = Nothing;
/// assert_eq!(size_of_val(&list), 0);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

/// `T`, passed by a shield of kind `A` ([`Decides`](crate::Decides) or [`Protects`](crate::Protects)), on top of
/// what the shields before it passed.
///
/// Written with [`Passes!`](crate::Passes).
///
/// ```
/// use testudo_core::{Decides, Nothing, Pass, Passes};
///
/// struct User;
///
/// fn same(list: Passes![User]) -> Pass<User, Decides, Nothing> {
///     list
/// }
/// assert_eq!(size_of::<Pass<u32, Decides, Nothing>>(), size_of::<u32>()); // the value and nothing else
/// ```
pub struct Pass<T, A, Below> {
    value: T,
    below: Below,
    access: PhantomData<fn() -> A>,
}

impl<T, A, Below> Pass<T, A, Below> {
    pub(crate) fn new(value: T, below: Below) -> Self {
        Self { value, below, access: PhantomData }
    }
}

impl<T: fmt::Debug, A, Below: fmt::Debug> fmt::Debug for Pass<T, A, Below> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pass").field("value", &self.value).field("below", &self.below).finish()
    }
}

/// Names the list of values that a stack passes, first shield first.
///
/// `Passes![User, Admin]` is the list of a stack whose shields passed a `User` and then an `Admin`. A value of a
/// shield that only protects is written with that word: `Passes![protects Page, User]`. Shields that pass no
/// value do not appear. The list is exact: a stack that passes more, or in another order, has another type. A long list is best given a name, which clippy's `type_complexity` asks for, too:
/// `type TenantStack = Stack<App, Passes![ApiKey, protects WithinPlan, Tenant]>`.
///
/// ```
/// use testudo::prelude::*;
///
/// #[derive(Clone)]
/// struct User;
/// #[derive(Clone)]
/// struct App;
///
/// #[shield(decides)]
/// fn api_token() -> Option<User> {
///     None
/// }
///
/// /// A routes file takes the stack it builds on by type.
/// fn routes(user: &Stack<App, Passes![User]>) -> Router<App> {
///     Router::new().route("/me", user.get(async |_: Passed<User>| "me"))
/// }
/// assert!(routes(&Stack::new().shield(api_token)).check().is_ok());
/// ```
#[macro_export]
macro_rules! Passes {
    (@ $list:ty;) => { $list };
    (@ $list:ty; protects $value:ty $(, $($rest:tt)*)?) => {
        $crate::Passes!(@ $crate::Pass<$value, $crate::Protects, $list>; $($($rest)*)?)
    };
    (@ $list:ty; $value:ty $(, $($rest:tt)*)?) => {
        $crate::Passes!(@ $crate::Pass<$value, $crate::Decides, $list>; $($($rest)*)?)
    };
    ($($values:tt)*) => { $crate::Passes!(@ $crate::Nothing; $($values)*) };
}

/// The value looked for is on top of the list.
///
/// ```
/// use testudo_core::{Has, Passes, wiring::Here};
///
/// fn last_passed<L: Has<u32, Here>>() -> bool {
///     true
/// }
/// assert!(last_passed::<Passes![String, u32]>());
/// ```
#[derive(Debug)]
pub struct Here;

/// The value looked for is further down, at `I`.
///
/// ```
/// use testudo_core::{Has, Passes, wiring::{Below, Here}};
///
/// fn passed_before_the_last<L: Has<String, Below<Here>>>() -> bool {
///     true
/// }
/// assert!(passed_before_the_last::<Passes![String, u32]>());
/// ```
#[derive(Debug)]
pub struct Below<I>(PhantomData<fn() -> I>);

/// The list contains a `T`; `I` says where, and is always inferred.
///
/// A shield written by hand asks for a value with it:
///
/// ```
/// use testudo_core::{Check, Decides, Has, Shield, ShieldContext, ShieldInfo};
///
/// #[derive(Clone)]
/// struct User {
///     adult: bool,
/// }
///
/// struct IsAdult;
///
/// impl Shield for IsAdult {
///     type Output = ();
///     type Access = Decides;
///
///     fn info(&self) -> ShieldInfo {
///         ShieldInfo::of::<Self>("Adult")
///     }
/// }
///
/// impl<L: Has<User, I> + Sync, S: Sync, I> Check<L, S, I> for IsAdult {
///     async fn check(&self, _: &mut ShieldContext, passed: &L, _: &S) -> Verdict<()> {
///         if passed.value().adult { Verdict::Pass(()) } else { Verdict::Block(Block::unworded()) }
///     }
/// }
/// # use testudo::prelude::*;
/// # #[shield(decides)]
/// # fn child() -> Option<User> { Some(User { adult: false }) }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let bar = Stack::new().shield(child).shield(IsAdult).get(async || "cheers");
/// let service = testudo_testkit::TestService::start(Router::new().route("/bar", bar), ()).await;
/// service.get("/bar").await.status(403).problem().shield("Adult");
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "no shield in this stack passes `{T}`",
    label = "`{T}` is not passed by a shield in front of this point",
    note = "the stack passes: `{Self}`"
)]
pub trait Has<T, I> {
    /// The kind of the shield that passed the value.
    type Access;

    /// The value.
    fn value(&self) -> &T;

    #[doc(hidden)]
    fn sealed(_: Seal)
    where
        Self: Sized;
}

#[diagnostic::do_not_recommend]
impl<T, A, B> Has<T, Here> for Pass<T, A, B> {
    type Access = A;

    fn value(&self) -> &T {
        &self.value
    }

    fn sealed(_: Seal) {}
}

#[diagnostic::do_not_recommend]
impl<T, H, A, B: Has<T, I>, I> Has<T, Below<I>> for Pass<H, A, B> {
    type Access = B::Access;

    fn value(&self) -> &T {
        self.below.value()
    }

    fn sealed(_: Seal) {}
}

/// Hands every value of a list to the extensions of a request, for routers Testudo does not own.
///
/// ```
/// use testudo_core::{Nothing, wiring::IntoExtensions};
///
/// let mut extensions = axum::http::Extensions::new();
/// Nothing.into_extensions(&mut extensions);
/// assert!(extensions.is_empty());
/// ```
pub trait IntoExtensions {
    /// Inserts the values, the ones passed last on top.
    fn into_extensions(self, extensions: &mut http::Extensions);
}

impl IntoExtensions for Nothing {
    fn into_extensions(self, _: &mut http::Extensions) {}
}

impl<T: Clone + Send + Sync + 'static, A, B: IntoExtensions> IntoExtensions for Pass<T, A, B> {
    fn into_extensions(self, extensions: &mut http::Extensions) {
        self.below.into_extensions(extensions);
        extensions.insert(self.value);
    }
}
