//! Who gets what from which route, as a table.

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::service::TestService;

/// A kind of caller: a name, and the header fields that make it one.
///
/// ```
/// use axum::http::HeaderMap;
/// use testudo::prelude::*;
/// use testudo_testkit::{Role, TestService, assert_access};
///
/// #[shield(decides, status = 401)]
/// fn api_token(headers: &HeaderMap) -> bool {
///     let token = headers.get("authorization").or(headers.get("x-api-token"));
///     token.is_some_and(|token| token == "Bearer secret" || token == "secret")
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = Router::new().route("/", Stack::new().shield(api_token).get(async || "hello"));
/// let service = TestService::start(router, ()).await;
///
/// let anonymous = Role::anonymous();
/// let user = Role::new("user").header("x-api-token", "secret");
/// let bearer = Role::new("bearer").bearer("secret");
/// assert_access!(service, [anonymous, user, bearer], {
///     GET "/" => [401, 200, 200],
/// });
/// # });
/// ```
#[derive(Debug, Clone)]
#[must_use = "a role does nothing until it calls"]
pub struct Role {
    name: String,
    headers: HeaderMap,
}

impl Role {
    /// A caller without a credential.
    pub fn anonymous() -> Self {
        Self::new("anonymous")
    }

    /// A caller by this name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), headers: HeaderMap::new() }
    }

    /// Adds a header field to every request of this caller.
    ///
    /// # Panics
    /// If it is none.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header name");
        self.headers.append(name, HeaderValue::try_from(value).expect("a header value"));
        self
    }

    /// Adds `Authorization: Bearer`.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }
}

/// A row of [`assert_access!`](crate::assert_access): a method, a path, and the status each role gets.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_testkit::{Role, RouteRow, TestService, check_access};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let router = Router::new().route("/", Stack::public("a page").get(async || "hello"));
/// let service = TestService::start(router, ()).await;
/// let rows = ["/", "/nowhere"].map(|path| RouteRow { method: "GET", path, expected: &[200] });
/// let differences = check_access(&service, &[Role::anonymous()], &rows).await.unwrap_err();
/// assert_eq!(differences, "GET /nowhere as anonymous: 404, not 200");
/// # });
/// ```
#[derive(Debug)]
pub struct RouteRow<'a> {
    /// The method.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// The statuses, in the order of the roles.
    pub expected: &'a [u16],
}

/// Asserts which status each role gets from each route. All differences are reported at once.
///
/// Requests carry no content, so a role that may create something gets `415` or `422` where others get `401` or
/// `403`: the table says who gets past the shields, and nothing is changed.
///
/// ```
/// # use axum::{Json, http::{HeaderMap, StatusCode}};
/// # use testudo::prelude::*;
/// # use testudo_testkit::{Role, TestService, assert_access};
/// # #[derive(Clone)]
/// # struct Admin;
/// # #[shield(decides)]
/// # fn is_admin(headers: &HeaderMap) -> Result<Option<Admin>, Block> {
/// #     let token = headers.get("authorization").ok_or_else(|| Block::unauthorized("who are you?"))?;
/// #     Ok((token == "Bearer admin").then_some(Admin))
/// # }
/// # async fn list() {}
/// # async fn create(_: Passed<Admin>, _: Json<String>) {}
/// # async fn remove(_: Passed<Admin>) -> StatusCode { StatusCode::NOT_FOUND }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let (open, only_admins) = (Stack::public("a catalogue"), Stack::new().shield(is_admin));
/// # let router = Router::new()
/// #     .route("/products", (open.get(list), only_admins.post(create)))
/// #     .route("/products/{id}", only_admins.delete(remove));
/// let service = TestService::start(router, ()).await;
/// let anonymous = Role::anonymous();
/// let user = Role::new("user").bearer("user");
/// let admin = Role::new("admin").bearer("admin");
/// assert_access!(service, [anonymous, user, admin], {
///     GET    "/products" => [200, 200, 200],
///     POST   "/products" => [401, 403, 415],
///     DELETE "/products/999" => [401, 403, 404],
/// });
/// # });
/// ```
#[macro_export]
macro_rules! assert_access {
    ($service:expr, [$($role:expr),+ $(,)?], { $($method:ident $path:literal => [$($status:literal),+ $(,)?]),+ $(,)? }) => {
        $crate::check_access(
            &$service,
            &[$($role.clone()),+],
            &[$($crate::RouteRow { method: stringify!($method), path: $path, expected: &[$($status),+] }),+],
        )
        .await
        .unwrap_or_else(|differences| panic!("{differences}"))
    };
}

/// What [`assert_access!`](crate::assert_access) does, with the differences as an error.
///
/// ```
/// # use testudo::prelude::*;
/// # use testudo_testkit::{Role, RouteRow, TestService, check_access};
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let router = Router::new().route("/", Stack::public("a page").get(async || "hello"));
/// let service = TestService::start(router, ()).await;
/// let table = [RouteRow { method: "GET", path: "/", expected: &[200] }];
/// assert_eq!(check_access(&service, &[Role::anonymous()], &table).await, Ok(()));
/// # });
/// ```
///
/// # Errors
/// If a role gets another status than the table says.
///
/// # Panics
/// If a row does not have a status for each role, or names a method that is none.
pub async fn check_access(
    service: &TestService,
    roles: &[Role],
    rows: &[RouteRow<'_>],
) -> Result<(), String> {
    let mut differences = Vec::new();
    for RouteRow { method, path, expected } in rows {
        assert_eq!(
            expected.len(),
            roles.len(),
            "{method} {path}: a status for each of {} roles",
            roles.len()
        );
        for (role, expected) in roles.iter().zip(*expected) {
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = service.call(method.clone(), path).headers(&role.headers).await;
            if answer.code() != *expected {
                let got = answer.code();
                differences.push(format!("{method} {path} as {}: {got}, not {expected}", role.name));
            }
        }
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n")) }
}
