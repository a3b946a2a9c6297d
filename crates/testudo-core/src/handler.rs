//! Async functions as handlers.

use std::future::Future;

use axum::response::IntoResponse;

use crate::{
    access::{Claim, NoProof, Proof},
    seal::Seal,
};

/// An async function of at most sixteen arguments.
///
/// ```
/// use testudo_core::wiring::HandlerFn;
///
/// async fn hello(name: String) -> String {
///     format!("hello {name}")
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// assert!(HandlerFn::name(&hello).ends_with("hello"));
/// assert_eq!(HandlerFn::call(&hello, ("ann".to_owned(),)).await, "hello ann");
/// assert_eq!(HandlerFn::unproven_reason(&hello), None);
/// # });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not an async function with at most sixteen arguments",
    note = "write `async fn name(..) -> impl IntoResponse`, or an async closure"
)]
pub trait HandlerFn<Arguments>: Send + Sync + 'static {
    /// What it returns once awaited.
    type Output: 'static;

    /// The call under way.
    type Future: Future<Output = Self::Output>;

    /// [`Proof`] if the handler was declared not to need one.
    type Claim: Claim;

    /// Calls the function.
    fn call(&self, arguments: Arguments) -> Self::Future;

    /// Why it needs no proof, if that was declared.
    fn unproven_reason(&self) -> Option<&'static str> {
        None
    }

    /// The function's name.
    fn name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }

    #[doc(hidden)]
    fn sealed(_: Seal)
    where
        Self: Sized;
}

/// A handler of an unsafe method that names no proof, with the reason. See [`unproven`].
///
/// ```
/// use testudo_core::{unproven, wiring::{HandlerFn, Unproven}};
///
/// async fn log_out() {}
///
/// fn reason<F: HandlerFn<()>>(handler: &Unproven<F>) -> Option<&'static str> {
///     handler.unproven_reason()
/// }
/// assert_eq!(reason(&unproven("it only clears a cookie", log_out)), Some("it only clears a cookie"));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Unproven<F> {
    reason: &'static str,
    handler: F,
}

/// Lets a handler of an unsafe method stand behind shields without naming a proof. The access matrix shows the
/// reason.
///
/// ```
/// use testudo::{prelude::*, unproven};
///
/// # #[derive(Clone)]
/// # struct User;
/// # #[shield(decides)]
/// # fn session() -> Option<User> { None }
/// async fn log_out() {}
///
/// fn routes(user: &Stack<(), Passes![User]>) -> Router {
///     Router::new().route("/logout", user.post(unproven("it only clears the caller's own cookie", log_out)))
/// }
/// let table = routes(&Stack::new().shield(session)).access_matrix().to_string();
/// assert!(table.contains("UNPROVEN: it only clears the caller's own cookie"));
/// ```
pub fn unproven<F>(reason: &'static str, handler: F) -> Unproven<F> {
    Unproven { reason, handler }
}

impl<F: HandlerFn<Arguments>, Arguments> HandlerFn<Arguments> for Unproven<F> {
    type Output = F::Output;
    type Future = F::Future;
    type Claim = Proof;

    fn call(&self, arguments: Arguments) -> F::Future {
        self.handler.call(arguments)
    }

    fn unproven_reason(&self) -> Option<&'static str> {
        Some(self.reason)
    }

    fn name(&self) -> &'static str {
        self.handler.name()
    }

    fn sealed(_: Seal) {}
}

#[diagnostic::do_not_recommend]
impl<Func, Fut> HandlerFn<()> for Func
where
    Func: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future,
    Fut::Output: 'static,
{
    type Output = Fut::Output;
    type Future = Fut;
    type Claim = NoProof;

    fn call(&self, (): ()) -> Fut {
        self()
    }

    fn sealed(_: Seal) {}
}

macro_rules! handlers {
    ($($A:ident)*) => {
        #[diagnostic::do_not_recommend]
        #[expect(non_snake_case, reason = "the macro names a variable after its type")]
        impl<Func, Fut, $($A,)*> HandlerFn<($($A,)*)> for Func
        where
            Func: Fn($($A),*) -> Fut + Send + Sync + 'static,
            Fut: Future,
            Fut::Output: 'static,
        {
            type Output = Fut::Output;
            type Future = Fut;
            type Claim = NoProof;

            fn call(&self, ($($A,)*): ($($A,)*)) -> Fut {
                self($($A),*)
            }

            fn sealed(_: Seal) {}
        }
    };
}

macro_rules! all_arities {
    ([$($done:ident)*]) => {};
    ([$($done:ident)*] $next:ident $($rest:ident)*) => {
        handlers!($($done)* $next);
        all_arities!([$($done)* $next] $($rest)*);
    };
}

all_arities!([] A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15 A16);

/// What a handler returns: anything axum can turn into a response.
///
/// ```
/// use testudo_core::{Problem, wiring::HandlerOutput};
///
/// fn may_be_returned<T: HandlerOutput>() -> bool {
///     true
/// }
/// assert!(may_be_returned::<Result<axum::Json<u32>, Problem>>());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a response",
    label = "a handler has to return something that implements `IntoResponse`",
    note = "for example `Json<T>`, `StatusCode`, `(StatusCode, Json<T>)` or `Result<_, Problem>`"
)]
pub trait HandlerOutput: IntoResponse + 'static {}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse + 'static> HandlerOutput for T {}
