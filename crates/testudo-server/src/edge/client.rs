//! Who sent a request, behind which proxies.

use std::{borrow::Cow, net::IpAddr};

use http::HeaderMap;
use ipnet::IpNet;
use testudo_settings::{ForwardedHeader, ProxySettings, canonical_network};

use super::forwarded::{self, Hop};

/// Most hops that are looked at, from the right.
const MAX_HOPS: usize = 32;
/// The proxies whose word counts, and the field in which they give it.
#[derive(Debug, Clone)]
pub(crate) struct TrustedProxies {
    networks: Box<[IpNet]>,
    header: ForwardedHeader,
}

/// Who sent a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client<'h> {
    /// The client's address: the right-most one that is not a trusted proxy's. An IPv4-mapped address is given as the
    /// IPv4 address.
    pub(crate) ip: IpAddr,
    /// Whether the client spoke TLS, as the proxy it spoke to says. `None`: no trusted proxy has said so, and what
    /// counts is the connection itself.
    pub(crate) secure: Option<bool>,
    /// The `Host` that the client asked for, as the proxy it spoke to says; unchecked.
    pub(crate) host: Option<Cow<'h, str>>,
}

impl TrustedProxies {
    /// The proxies of the configuration. IPv4-mapped networks stand for the IPv4 ones.
    #[expect(clippy::unnecessary_wraps, reason = "made like every other part of the edge")]
    pub(crate) fn from_settings(settings: &ProxySettings) -> Result<Self, String> {
        let networks = settings.trusted.iter().map(|network| canonical_network(*network)).collect();
        Ok(Self { networks, header: settings.header })
    }

    /// Whether an address is a trusted proxy's.
    pub(crate) fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Walks from the peer to the first address that is not a trusted proxy's.
    ///
    /// What cannot be read, is hidden or comes after 32 hops or 8 KiB ends the walk at the last address known: the one
    /// that sent it, which then is answerable for it.
    pub(crate) fn client<'h>(&self, peer: IpAddr, headers: &'h HeaderMap) -> Client<'h> {
        let client = Client { ip: peer.to_canonical(), secure: None, host: None };
        if !self.trusts(peer) {
            return client;
        }
        match self.header {
            ForwardedHeader::XForwardedFor => self.walk(client, forwarded::x_forwarded(headers)),
            ForwardedHeader::Forwarded => self.walk(client, forwarded::forwarded(headers)),
        }
    }

    fn walk<'h>(&self, mut client: Client<'h>, hops: impl Iterator<Item = Option<Hop<'h>>>) -> Client<'h> {
        for hop in hops.take(MAX_HOPS) {
            // Whoever wrote this hop is trusted, so what it says of its connection is, too.
            let Some(Hop { address, secure, host }) = hop else { break };
            client = Client { ip: address.unwrap_or(client.ip), secure, host };
            if address.is_none_or(|address| !self.trusts(address)) {
                break;
            }
        }
        client
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod tests;
