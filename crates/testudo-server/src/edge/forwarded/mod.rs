//! What proxies say of the hops before them, read from the right: the right-most entry is the nearest proxy's.

mod node;
mod rfc7239;
mod x_forwarded;

use std::{borrow::Cow, net::IpAddr};

pub(super) use rfc7239::hops as forwarded;
pub(super) use x_forwarded::hops as x_forwarded;

/// Most bytes of a header field that are looked at, from the right.
const MAX_BYTES: usize = 8 * 1_024;

/// What one proxy says of the request it got.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hop<'h> {
    /// Who sent it the request; `None` where it does not say, or hides it.
    pub(super) address: Option<IpAddr>,
    /// Whether it came over TLS.
    pub(super) secure: Option<bool>,
    /// The `Host` it came with, unchecked.
    pub(super) host: Option<Cow<'h, str>>,
}

/// Whether a URI scheme is one over TLS; of others nothing is known.
fn is_secure(scheme: &str) -> Option<bool> {
    let is = |other: &str| scheme.eq_ignore_ascii_case(other);
    match () {
        () if is("https") || is("wss") => Some(true),
        () if is("http") || is("ws") => Some(false),
        () => None,
    }
}
