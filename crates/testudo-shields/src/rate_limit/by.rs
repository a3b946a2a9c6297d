//! What a limit counts by.

use std::{fmt, marker::PhantomData};

use axum::extract::MatchedPath;
use http::Method;
use testudo_core::{Fail, RequestInfo, ShieldContext};
use testudo_store::KeyMaker;

/// By the client's address: one IPv4 address, or the /64 of an IPv6 address, of which one subscriber has them all. It is
/// the peer's, or what trusted proxies say of it; a client whose address is unknown fails (`500`) and shares no bucket.
///
/// ```
/// use testudo::Shield;
/// use testudo_shields::rate_limit::{self, Address, RateLimit};
///
/// let limit: RateLimit<Address> = rate_limit::by_address("login");
/// assert!(!limit.info().decides());
/// ```
#[derive(Debug)]
pub struct Address(());

/// By the route alone: all clients together.
///
/// ```
/// use testudo::Shield;
/// use testudo_shields::rate_limit::{self, RateLimit, Route};
///
/// let limit: RateLimit<Route> = rate_limit::by_route("exports");
/// assert!(!limit.info().decides());
/// ```
#[derive(Debug)]
pub struct Route(());

/// By what a shield in front has passed.
///
/// ```
/// use testudo_shields::rate_limit;
///
/// #[derive(Clone)]
/// struct User { id: u64 }
///
/// let limit = rate_limit::by("api", |user: &User, key| key.part(user.id.to_be_bytes()));
/// assert!(format!("{limit:?}").contains("By"));
/// ```
pub struct By<T, F> {
    key: F,
    of: PhantomData<fn(&T)>,
}

impl<T, F> fmt::Debug for By<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("By")
    }
}

impl Address {
    pub(super) fn new() -> Self {
        Self(())
    }

    #[expect(clippy::unused_self, reason = "each of them makes its key")]
    pub(super) fn key(&self, request: &ShieldContext, key: KeyMaker) -> Result<KeyMaker, Fail> {
        let client = request.parts().extensions.get::<RequestInfo>().and_then(RequestInfo::client);
        let client = client.ok_or_else(|| {
            Fail::bug("the client's address is unknown: nothing in front of the routes has told it")
        })?;
        Ok(match client.subscriber() {
            std::net::IpAddr::V4(address) => key.part(address.octets()),
            std::net::IpAddr::V6(address) => key.part(address.octets()),
        })
    }
}

impl Route {
    pub(super) fn new() -> Self {
        Self(())
    }
}

impl<T, F: Fn(&T, KeyMaker) -> KeyMaker> By<T, F> {
    pub(super) fn new(key: F) -> Self {
        Self { key, of: PhantomData }
    }

    pub(super) fn key(&self, value: &T, key: KeyMaker) -> KeyMaker {
        (self.key)(value, key)
    }
}

/// The route as it was registered, and its method: `HEAD` is answered by the handler of `GET`. Requests that no route
/// answers count as one.
pub(super) fn route(request: &ShieldContext, key: KeyMaker) -> KeyMaker {
    let method = if request.method() == Method::HEAD { &Method::GET } else { request.method() };
    let path = request.parts().extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    key.part(method.as_str()).part(path)
}
