//! Several arguments at once, up to sixteen, as axum allows.

use std::future::Future;

use super::{ArgumentInfo, FoundBy, FromContext, FromContextLast, FromContextShared, LastFoundBy, Via};
use crate::{
    access::{Claim, NoProof},
    context::ShieldContext,
    refusal::Refusal,
    seal::{SEAL, Seal},
};

/// The arguments of a handler.
///
/// ```
/// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
/// use axum::http::Method;
/// use testudo_core::wiring::HandlerArguments;
///
/// # struct Handled;
/// # impl Shield for Handled {
/// #     type Output = ();
/// #     type Access = Protects;
/// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Handled") }
/// # }
/// #
/// # impl<L: Sync, S: Sync, M> Check<L, S, M> for Handled
/// # where
/// #     (Method, String): HandlerArguments<L, S, M>,
/// # {
/// #     async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<()> {
/// // As a route does for `async fn create(method: Method, content: String)`.
/// let taken = <(Method, String)>::from_request(request, passed, state).await;
/// assert!(taken.is_ok_and(|taken| taken == (Method::POST, "abc".to_owned())));
/// #         Verdict::Pass(())
/// #     }
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let page = Stack::public("a page").shield(Handled).post(async || "done");
/// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
/// # service.post("/").body("abc").await.status(200).text("done");
/// # });
/// ```
pub trait HandlerArguments<L, S, M>: Sized + Send {
    /// Takes them from the request, first to last, and stops at the first that cannot be had.
    ///
    /// # Errors
    /// If one cannot be had: the refusal that the request is answered with.
    fn from_request(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// What the access matrix says of them.
    fn describe(_: Seal) -> Vec<ArgumentInfo>;
}

/// The arguments of a shield, and the sources of a dependency.
///
/// ```
/// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
/// use axum::http::Method;
/// use testudo_core::wiring::ShieldArguments;
///
/// # struct Shielding;
/// # impl Shield for Shielding {
/// #     type Output = ();
/// #     type Access = Protects;
/// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Shielding") }
/// # }
/// #
/// # impl<L: Sync, S: Sync, M> Check<L, S, M> for Shielding
/// # where
/// #     (Method, String): ShieldArguments<L, S, M>,
/// # {
/// #     async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<()> {
/// // As `#[shield] fn name(method: Method, content: String)` does.
/// let taken = <(Method, String)>::from_shared(request, passed, state).await;
/// assert!(taken.is_ok_and(|taken| taken == (Method::POST, "abc".to_owned())));
/// #         Verdict::Pass(())
/// #     }
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let page = Stack::public("a page").shield(Shielding).post(async || "done");
/// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
/// # service.post("/").body("abc").await.status(200).text("done");
/// # });
/// ```
pub trait ShieldArguments<L, S, M>: Sized + Send {
    /// Takes them from the request, first to last, and stops at the first that cannot be had. The last may read the
    /// content, which stays complete for everyone after.
    ///
    /// # Errors
    /// If one cannot be had: the refusal that the request is answered with.
    fn from_shared(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;
}

/// The sources of a dependency.
///
/// ```
/// # use testudo_core::{Check, Passed, Protects, Router, Shield, ShieldContext, ShieldInfo, Stack, Verdict};
/// use axum::http::{Method, Uri};
/// use testudo_core::wiring::SourceArguments;
///
/// # struct Sourced;
/// # impl Shield for Sourced {
/// #     type Output = ();
/// #     type Access = Protects;
/// #     fn info(&self) -> ShieldInfo { ShieldInfo::of::<Self>("Sourced") }
/// # }
/// #
/// # impl<L: Sync, S: Sync, M> Check<L, S, M> for Sourced
/// # where
/// #     (Method, Uri): SourceArguments<L, S, M>,
/// # {
/// #     async fn check(&self, request: &mut ShieldContext, passed: &L, state: &S) -> Verdict<()> {
/// // As `Depends<_>` does for sources that are `(Method, Uri)`.
/// let taken = <(Method, Uri)>::from_parts(request, passed, state).await;
/// assert!(taken.is_ok_and(|taken| taken == (Method::POST, Uri::from_static("/"))));
/// #         Verdict::Pass(())
/// #     }
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let page = Stack::public("a page").shield(Sourced).post(async || "done");
/// # let service = testudo_testkit::TestService::start(Router::new().route("/", page), ()).await;
/// # service.post("/").body("abc").await.status(200).text("done");
/// # });
/// ```
pub trait SourceArguments<L, S, M>: Sized + Send {
    /// Takes them from the request, first to last, and stops at the first that cannot be had.
    ///
    /// # Errors
    /// If one cannot be had: the refusal that the request is answered with.
    fn from_parts(
        request: &mut ShieldContext,
        passed: &L,
        state: &S,
    ) -> impl Future<Output = Result<Self, Refusal>> + Send;

    /// What the access matrix says of them.
    fn describe(_: Seal) -> Vec<ArgumentInfo>;
}

/// The ways several arguments are found: one proof among them is enough.
///
/// ```
/// use testudo_core::{Decides, TypeInfo, wiring::{Here, Proof, Proofs, ViaBody, ViaPassed}};
///
/// type Ways = (ViaPassed<Here, Decides>, ViaBody);
/// assert_eq!(TypeInfo::of::<<Ways as Proofs>::Proof>(), TypeInfo::of::<Proof>());
/// ```
pub trait Proofs: 'static {
    /// Whether any of the arguments proves that a shield decided.
    type Proof: Claim;
}

impl Proofs for () {
    type Proof = NoProof;
}

impl<L: Sync, S: Sync> HandlerArguments<L, S, ()> for () {
    async fn from_request(_: &mut ShieldContext, _: &L, _: &S) -> Result<Self, Refusal> {
        Ok(())
    }

    fn describe(_: Seal) -> Vec<ArgumentInfo> {
        Vec::new()
    }
}

impl<L: Sync, S: Sync> ShieldArguments<L, S, ()> for () {
    async fn from_shared(_: &mut ShieldContext, _: &L, _: &S) -> Result<Self, Refusal> {
        Ok(())
    }
}

impl<L: Sync, S: Sync> SourceArguments<L, S, ()> for () {
    async fn from_parts(_: &mut ShieldContext, _: &L, _: &S) -> Result<Self, Refusal> {
        Ok(())
    }

    fn describe(_: Seal) -> Vec<ArgumentInfo> {
        Vec::new()
    }
}

macro_rules! arguments {
    ([$($A:ident $M:ident),*] $Z:ident $MZ:ident) => {
        #[expect(non_snake_case, reason = "the macro names a variable after its type")]
        impl<L: Sync, S: Sync, $($A: Send, $M,)* $Z: Send, $MZ> HandlerArguments<L, S, ($($M,)* $MZ,)> for ($($A,)* $Z,)
        where
            $($A: FoundBy<L, S, $M> + FromContext<L, S, $M>,)*
            $Z: LastFoundBy<L, S, $MZ> + FromContextLast<L, S, $MZ>,
        {
            async fn from_request(request: &mut ShieldContext, passed: &L, state: &S) -> Result<Self, Refusal> {
                $(let $A = $A::from_context(request, passed, state).await?;)*
                let $Z = $Z::from_context_last(request, passed, state).await?;
                Ok(($($A,)* $Z,))
            }

            fn describe(_: Seal) -> Vec<ArgumentInfo> {
                vec![
                    $(<$A as FromContext<L, S, $M>>::describe(SEAL),)*
                    <$Z as FromContextLast<L, S, $MZ>>::describe(SEAL),
                ]
            }
        }

        #[expect(non_snake_case, reason = "the macro names a variable after its type")]
        impl<L: Sync, S: Sync, $($A: Send, $M,)* $Z: Send, $MZ> ShieldArguments<L, S, ($($M,)* $MZ,)> for ($($A,)* $Z,)
        where
            $($A: FoundBy<L, S, $M> + FromContext<L, S, $M>,)*
            $Z: LastFoundBy<L, S, $MZ> + FromContextShared<L, S, $MZ>,
        {
            async fn from_shared(request: &mut ShieldContext, passed: &L, state: &S) -> Result<Self, Refusal> {
                $(let $A = $A::from_context(request, passed, state).await?;)*
                let $Z = $Z::from_context_shared(request, passed, state).await?;
                Ok(($($A,)* $Z,))
            }
        }

        #[expect(non_snake_case, reason = "the macro names a variable after its type")]
        impl<L: Sync, S: Sync, $($A: Send, $M,)* $Z: Send, $MZ> SourceArguments<L, S, ($($M,)* $MZ,)> for ($($A,)* $Z,)
        where
            $($A: FoundBy<L, S, $M> + FromContext<L, S, $M>,)*
            $Z: FoundBy<L, S, $MZ> + FromContext<L, S, $MZ>,
        {
            async fn from_parts(request: &mut ShieldContext, passed: &L, state: &S) -> Result<Self, Refusal> {
                $(let $A = $A::from_context(request, passed, state).await?;)*
                let $Z = $Z::from_context(request, passed, state).await?;
                Ok(($($A,)* $Z,))
            }

            fn describe(_: Seal) -> Vec<ArgumentInfo> {
                vec![
                    $(<$A as FromContext<L, S, $M>>::describe(SEAL),)*
                    <$Z as FromContext<L, S, $MZ>>::describe(SEAL),
                ]
            }
        }
    };
}

macro_rules! proofs {
    ($First:ident $(, $Rest:ident)*) => {
        impl<$First: Via, $($Rest: Via),*> Proofs for ($First, $($Rest,)*)
        where
            ($($Rest,)*): Proofs,
        {
            type Proof = <$First::Proof as Claim>::Or<<($($Rest,)*) as Proofs>::Proof>;
        }
    };
}

/// `all_arities!([A1 M1 A2 M2 ..])` writes the implementations for every prefix.
macro_rules! all_arities {
    ([$($done:tt)*]) => {};
    ([] $A:ident $M:ident $($rest:tt)*) => {
        arguments!([] $A $M);
        proofs!($M);
        all_arities!([$A $M] $($rest)*);
    };
    ([$($B:ident $N:ident),+] $A:ident $M:ident $($rest:tt)*) => {
        arguments!([$($B $N),+] $A $M);
        proofs!($M $(, $N)+);
        all_arities!([$($B $N),+, $A $M] $($rest)*);
    };
}

all_arities!([] A1 M1 A2 M2 A3 M3 A4 M4 A5 M5 A6 M6 A7 M7 A8 M8 A9 M9 A10 M10 A11 M11 A12 M12 A13 M13 A14 M14 A15 M15 A16 M16);
