//! Allow and deny lists of networks.
//!
//! The address is the [`ClientIp`]: the peer's, or what trusted proxies say of it, so that no header field of the
//! client's own helps. An IPv4-mapped address is the IPv4 address (RFC 4291, section 2.5.5.2), in lists and in
//! requests.
//!
//! ```toml
//! [ip.office]
//! allow = ["203.0.113.0/24", "2001:db8::/32"]
//! deny = ["203.0.113.66"]
//! ```
//!
//! ```
//! use testudo::prelude::*;
//! use testudo_shields::ip;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let office = Stack::public("whoever is in the office").shield(ip::list("office"));
//! let routes: Router = Router::new().route("/", office.get(async || "welcome"));
//!
//! let allow_loopback = [("ip.office.allow", "127.0.0.0/8")];
//! testudo::bind(&routes, allow_loopback).unwrap();
//! testudo_testkit::TestService::start(routes, ()).await.get("/").await.status(500); // nothing has told an address here
//! # });
//! ```

mod settings;
#[cfg(test)]
mod tests;

use testudo_core::ClientIp;
use testudo_macros::shield;

pub use self::settings::IpSettings;

/// Passes clients whose address the section `[ip.NAME]` lets in, and blocks the others: `403`.
///
/// It protects and does not decide: an address says where somebody is, and not who.
///
/// ```
/// use testudo::Stack;
/// use testudo_shields::ip;
///
/// let office = Stack::<()>::public("whoever is in the office").shield(ip::list("office"));
/// assert!(!office.shields()[0].decides());
/// ```
#[shield(name = "IP", crate = crate::__facade, detail = "requests from this address are not accepted")]
pub fn list(client: ClientIp, #[section] list: &IpSettings) -> bool {
    list.admits(client.0)
}
