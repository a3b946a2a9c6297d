//! Extractors whose value is validated.

use axum::{
    Form, Json,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
};
use garde::Validate;
use http::request::Parts;

use super::{FieldError, Place, Problem, refusal_of_rejection};

/// An extractor whose value also satisfies the rules of its type, as written with
/// [`garde`](https://docs.rs/garde).
///
/// Around `Json`, `Form`, `Query` and `Path`. What does not fit is `422` with an entry in `errors` for each rule
/// that was broken, with a JSON pointer for fields of the content.
///
/// ```
/// use axum::Json;
/// use garde::Validate;
/// use serde::Deserialize;
/// use testudo_core::Valid;
///
/// #[derive(Deserialize, Validate)]
/// struct NewProduct {
///     #[garde(length(chars, min = 1, max = 200))]
///     name: String,
///     #[garde(range(min = 0.0))]
///     price: f64,
/// }
///
/// async fn create(Valid(Json(product)): Valid<Json<NewProduct>>) -> String {
///     format!("{} for {}", product.name, product.price)
/// }
///
/// # use testudo_core::{Router, Stack};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = Router::new().route("/", Stack::public("an example").post(create));
/// let service = testudo_testkit::TestService::start(router, ()).await;
/// let kettle = serde_json::json!({ "name": "Kettle", "price": -1.0 });
/// service.post("/").json(&kettle).await.status(422).problem().error_in("body", "price");
/// # });
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Valid<E>(pub E);

impl<S, T> FromRequest<S> for Valid<Json<T>>
where
    S: Send + Sync,
    Json<T>: FromRequest<S>,
    T: Validate<Context = ()>,
    Problem: From<<Json<T> as FromRequest<S>>::Rejection>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let value = Json::<T>::from_request(request, state).await?;
        validate(&value.0, Place::Body)?;
        Ok(Self(value))
    }
}

impl<S, T> FromRequest<S> for Valid<Form<T>>
where
    S: Send + Sync,
    Form<T>: FromRequest<S>,
    T: Validate<Context = ()>,
    Problem: From<<Form<T> as FromRequest<S>>::Rejection>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // A form of a safe method is in the query (HTML, section 4.10.21.3).
        let place = if request.method().is_safe() { Place::Query } else { Place::Body };
        let value = Form::<T>::from_request(request, state).await?;
        validate(&value.0, place)?;
        Ok(Self(value))
    }
}

impl<S, T> FromRequestParts<S> for Valid<Query<T>>
where
    S: Send + Sync,
    Query<T>: FromRequestParts<S>,
    <Query<T> as FromRequestParts<S>>::Rejection: Send + 'static,
    T: Validate<Context = ()>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let value: Query<T> = of_parts(parts, state).await?;
        validate(&value.0, Place::Query)?;
        Ok(Self(value))
    }
}

impl<S, T> FromRequestParts<S> for Valid<Path<T>>
where
    S: Send + Sync,
    Path<T>: FromRequestParts<S>,
    <Path<T> as FromRequestParts<S>>::Rejection: Send + 'static,
    T: Validate<Context = ()>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let value: Path<T> = of_parts(parts, state).await?;
        validate(&value.0, Place::Path)?;
        Ok(Self(value))
    }
}

async fn of_parts<E, S>(parts: &mut Parts, state: &S) -> Result<E, Problem>
where
    E: FromRequestParts<S>,
    E::Rejection: Send + 'static,
{
    let rejection = match E::from_request_parts(parts, state).await {
        Ok(value) => return Ok(value),
        Err(rejection) => rejection,
    };
    Err(refusal_of_rejection(rejection, parts).await.into_problem())
}

fn validate(value: &impl Validate<Context = ()>, place: Place) -> Result<(), Problem> {
    let Err(report) = value.validate() else { return Ok(()) };
    let errors = report
        .iter()
        .map(|(path, error)| FieldError::new(place, path.to_string(), error.message().to_owned()));
    Err(Problem::unprocessable("the request is well-formed, but some of its values are not acceptable")
        .errors(errors))
}
