//! The pure decisions at the edge of a request: plain functions on the vocabulary of `http`, called in order by the
//! request pipeline. What they need is built once from the settings; asking them costs no lock and no I/O.
//!
//! | Question | Answer |
//! |---|---|
//! | Is it clear where the content ends? | [`check_framing`] |
//! | Which trace does the request belong to? | [`TraceContext::of`] |
//! | What is the request called? | [`request_id`] |
//! | Who sent it, behind which proxies? | [`TrustedProxies::client`] |
//! | Which host is it for, and is that this service? | [`Hosts::check`] |
//! | May a page of another origin call it? | [`Cors::decide`], then [`Cors::apply`] on every response |
//! | What is a browser to be told? | [`SecurityHeaders::apply`], with the nonce of the request |

mod authority;
mod client;
mod cors;
mod forwarded;
mod framing;
mod hosts;
mod request_id;
mod security_headers;
mod trace_context;

use http::{HeaderMap, HeaderName};

pub(crate) use authority::{Host, HostName};
pub(crate) use client::TrustedProxies;
pub(crate) use cors::{Cors, Decision};
pub(crate) use framing::check_framing;
pub(crate) use hosts::{Hosts, settle_host};
pub(crate) use request_id::{X_REQUEST_ID, request_id};
pub use security_headers::CspNonce;
pub(crate) use security_headers::{Nonce, SecurityHeaders};
pub(crate) use trace_context::TraceContext;

/// Whether a request has a field. Most are asked for in vain, and a look at the few names there are is less work than
/// to search for one.
fn has(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.keys().any(|own| own == name)
}

#[cfg(test)]
mod tests;
