//! Where a request came from.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::RequestInfo;
use crate::problem::Problem;

/// The address of the client: the peer's, or what trusted proxies say of it. A service tells it once, so that limits,
/// allow-lists and logs speak of the same one; handlers and shields ask for it as an argument. Where nobody has told it, asking for it fails (`500`): an unknown client is never taken for a known one.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_core::ClientIp;
///
/// /// Passes clients of this machine.
/// #[shield(decides)]
/// fn local(ClientIp(address): ClientIp) -> bool {
///     address.is_loopback()
/// }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let routes: Router = Router::new().route("/", Stack::<()>::new().shield(local).get(async || "hello"));
/// let response = testudo_testkit::TestService::start(routes, ()).await.get("/").await;
/// response.status(500); // nothing has told an address here
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);

/// Of an IPv6 address one subscriber has a whole /64 (RFC 6177, section 2).
const SUBSCRIBER_PREFIX_BITS: u32 = 64;

impl ClientIp {
    /// What limits count by: an IPv4 address, or the /64 of an IPv6 address, of which one subscriber has them all.
    ///
    /// ```
    /// use testudo_core::ClientIp;
    ///
    /// for (address, subscriber) in [
    ///     ("203.0.113.7", "203.0.113.7"),
    ///     ("::ffff:203.0.113.7", "203.0.113.7"),
    ///     ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
    /// ] {
    ///     assert_eq!(ClientIp(address.parse().unwrap()).subscriber().to_string(), subscriber);
    /// }
    /// ```
    pub fn subscriber(self) -> IpAddr {
        match self.0.to_canonical() {
            IpAddr::V6(address) => {
                let mask = u128::MAX << (Ipv6Addr::BITS - SUBSCRIBER_PREFIX_BITS);
                Ipv6Addr::from_bits(address.to_bits() & mask).into()
            }
            address @ IpAddr::V4(_) => address,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientIp {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let address = RequestInfo::of(&parts.extensions).and_then(|info| info.client());
        address.ok_or_else(|| {
            Problem::internal("the client's address is unknown: nothing in front of the routes has told it")
        })
    }
}
