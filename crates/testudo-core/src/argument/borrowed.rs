//! What a shield may look at without a copy of its own.

use http::{Extensions, HeaderMap, Method, Uri, request::Parts};

/// A part of the request that a shield function takes by reference: `&HeaderMap`, `&Uri`, `&Method`, `&Extensions`,
/// or all of them as `&Parts`. An extractor would clone it.
///
/// ```
/// use axum::http::{HeaderMap, Request};
/// use testudo_core::wiring::BorrowedPart;
///
/// let (parts, ()) = Request::get("/").header("x-trace", "1").body(()).unwrap().into_parts();
/// assert_eq!(HeaderMap::of(&parts)["x-trace"], "1");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be borrowed from a request",
    label = "not a part of the request",
    note = "a shield takes `&HeaderMap`, `&Uri`, `&Method`, `&Extensions` and `&Parts` by reference, everything else by value"
)]
pub trait BorrowedPart {
    /// The part of this request.
    fn of(parts: &Parts) -> &Self;
}

impl BorrowedPart for Parts {
    fn of(parts: &Parts) -> &Self {
        parts
    }
}

impl BorrowedPart for HeaderMap {
    fn of(parts: &Parts) -> &Self {
        &parts.headers
    }
}

impl BorrowedPart for Uri {
    fn of(parts: &Parts) -> &Self {
        &parts.uri
    }
}

impl BorrowedPart for Method {
    fn of(parts: &Parts) -> &Self {
        &parts.method
    }
}

impl BorrowedPart for Extensions {
    fn of(parts: &Parts) -> &Self {
        &parts.extensions
    }
}
