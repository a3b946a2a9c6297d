//! Shields as an extractor.

use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};

use crate::{
    context::ShieldContext,
    endpoint::{Asked, refuse},
    list::Nothing,
    shield::{Check, Output, Shield, Value, Verdict, leaf::Leaf},
};

/// Shields in front of the other arguments of a handler that a foreign router mounts.
///
/// `Shielded<(api_token, is_admin), Json<NewProduct>>` runs the shields in order and only then takes what comes
/// second, which may be a tuple of extractors. It has to be the handler's last argument, and should be its only one:
/// arguments before it are taken before any shield has run.
///
/// Only shields without configuration can be named this way. Cookies and headers that shields set reach the client
/// only when a shield blocks; a stack as a [layer](crate::Stack::into_layer) has neither limit.
///
/// ```
/// use axum::{Json, routing::post};
/// use axum::http::HeaderMap;
/// use testudo::{Shielded, shield};
///
/// #[derive(Clone)]
/// struct User;
///
/// #[shield(decides, status = 401)]
/// fn api_token(headers: HeaderMap) -> Option<User> {
///     (headers.get("x-api-token")? == "secret").then_some(User)
/// }
///
/// async fn create(Shielded((_user,), Json(name)): Shielded<(api_token,), Json<String>>) -> String {
///     name
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = axum::Router::new().route("/products", post(create));
/// let service = testudo_testkit::TestService::serve(router).await;
/// service.post("/products").json(&"Kettle").await.status(401);
/// service.post("/products").header("x-api-token", "secret").json(&"Kettle").await.status(200).text("Kettle");
/// # });
/// ```
#[derive(Debug)]
pub struct Shielded<T: ShieldTuple, R = ()>(
    /// What the shields passed, in order; `()` for a pure check.
    pub T::Passed,
    /// What was taken once all had passed.
    pub R,
);

/// Shields by their types, in order, top to bottom.
///
/// ```
/// use testudo::{prelude::*, wiring::ShieldTuple};
///
/// #[shield(decides)]
/// fn api_token() -> Option<u32> {
///     Some(7)
/// }
///
/// let passed: <(api_token,) as ShieldTuple>::Passed = (7_u32,);
/// assert_eq!(passed.0, 7);
/// ```
pub trait ShieldTuple {
    /// What they pass.
    type Passed;
}

/// The list of a stack of these shields.
macro_rules! list {
    ($list:ty;) => { $list };
    ($list:ty; $A:ident $($rest:ident)*) => {
        list!(<<$A as Shield>::Output as Output>::Push<<$A as Shield>::Access, $list>; $($rest)*)
    };
}

/// `Check` for each shield, on the list of those before it.
macro_rules! shielded {
    ($($A:ident $M:ident [$($above:ident)*]),+) => {
        impl<$($A: Shield),+> ShieldTuple for ($($A,)+) {
            type Passed = ($(Value<$A>,)+);
        }

        #[expect(non_snake_case, reason = "the macro names a variable after its type")]
        impl<S, R, MR, $($A, $M),+> FromRequest<S, (MR, $($M),+)> for Shielded<($($A,)+), R>
        where
            S: Send + Sync,
            R: FromRequest<S, MR>,
            $(
                $A: Default + Check<list!(Nothing; $($above)*), S, $M>,
                list!(Nothing; $($above)*): Send + Sync,
            )+
        {
            type Rejection = Response;

            async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
                let asked = Asked::of(&request);
                let mut context = ShieldContext::new(request, None, asked.info.clone());
                let list = Nothing;
                $(
                    let $A = match Leaf::new($A::default()).screen(&mut context, &list, state).await {
                        Verdict::Pass(value) => value,
                        Verdict::Block(block) => return Err(asked.complete(refuse(context, block.into()))),
                        Verdict::Fail(fail) => return Err(asked.complete(refuse(context, fail.into()))),
                    };
                    let list = <$A::Output as Output>::push::<$A::Access, _>($A.clone(), list);
                )+
                drop(list);
                let rest = R::from_request(context.take_request(), state).await;
                let rest = rest.map_err(IntoResponse::into_response)?;
                Ok(Self(($($A,)+), rest))
            }
        }
    };
}

shielded!(A MA []);
shielded!(A MA [], B MB [A]);
shielded!(A MA [], B MB [A], C MC [A B]);
shielded!(A MA [], B MB [A], C MC [A B], D MD [A B C]);
