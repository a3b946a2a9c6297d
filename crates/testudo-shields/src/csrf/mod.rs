//! Protection of a browser's user from other sites' pages, without tokens.
//!
//! A page of another site can make a browser send a request with the user's cookies. Browsers say where a request is
//! from, in two fields that no page can set: `Sec-Fetch-Site` ([Fetch Metadata], sent to trustworthy addresses, as
//! `https` ones are) and `Origin` ([Fetch], section 3.2). In this order:
//!
//! 1. `GET`, `HEAD` and `OPTIONS` pass: they change nothing (RFC 9110, section 9.2.1).
//! 2. A field that is there twice, or cannot be read, is blocked.
//! 3. A trusted `Origin` passes: one that is written in the section, letter for letter.
//! 4. `Sec-Fetch-Site: same-origin` and `none` (the user's own doing, such as a bookmark) pass; any other value is
//!    blocked, also `same-site`: another host of the same site is not this one.
//! 5. Without `Sec-Fetch-Site`, an `Origin` passes that has the host and port the service was asked for. `null`, which
//!    stands for an origin that is kept secret, has none.
//! 6. With neither of the two it passes: no browser has sent it, or none that anybody could tell apart.
//!
//! ```toml
//! [csrf.browsers]
//! trusted_origins = ["https://accounts.example.com"]
//! ```
//!
//! # Caveats
//!
//! The method decides what changes something: a `GET` that does is not protected.
//!
//! A proxy in front has to pass `Host`, `Origin` and `Sec-Fetch-Site` as they came.
//!
//! Where only `Origin` is there, its scheme is not compared, as a service behind a proxy may not know its own: HSTS
//! keeps `http` pages of the same host away (`headers.hsts`).
//!
//! It protects and does not decide: a request that passes may be anybody's.
//!
//! ```
//! use testudo::prelude::*;
//! use testudo_shields::csrf::csrf;
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let open = Stack::public("an example").shield(csrf("browsers"));
//! let routes: Router = Router::new().route("/", open.post(async || "done"));
//!
//! testudo::bind(&routes, [("csrf.browsers.trusted_origins", "https://accounts.example.com")]).unwrap();
//! let service = testudo_testkit::TestService::start(routes, ()).await;
//! service.post("/").header("sec-fetch-site", "same-origin").await.status(200);
//! service.post("/").header("sec-fetch-site", "cross-site").header("origin", "https://evil.example").await.status(403);
//! service.post("/").header("origin", "https://accounts.example.com").await.status(200);
//! service.post("/").await.status(200);
//! # });
//! ```
//!
//! [Fetch Metadata]: https://www.w3.org/TR/fetch-metadata/
//! [Fetch]: https://fetch.spec.whatwg.org/#origin-header

mod origin;
mod settings;
#[cfg(test)]
mod tests;

use http::{HeaderMap, HeaderName, Method, Uri, header, request::Parts};
use testudo_macros::shield;

use self::origin::Origin;
pub use self::settings::CsrfSettings;

/// Where a request is from, as a browser says it.
static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Passes requests that no other site's page has made a browser send, and blocks the others: `403`.
///
/// See [the module](self) for the rules.
///
/// ```
/// use testudo::prelude::*;
/// use testudo_shields::csrf::{CsrfSettings, csrf};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let form = Stack::public("a form").shield(csrf(CsrfSettings::default()));
/// let routes: Router = Router::new().route("/", form.post(async || "sent"));
/// let service = testudo_testkit::TestService::start(routes, ()).await;
/// service.post("/").header("sec-fetch-site", "same-origin").await.status(200).text("sent");
/// service.post("/").header("sec-fetch-site", "cross-site").await.status(403);
/// # });
/// ```
#[shield(name = "CSRF", crate = crate::__facade, detail = "requests from pages of other sites are not accepted")]
pub fn csrf(request: &Parts, #[section] settings: &CsrfSettings) -> bool {
    passes(&request.method, &request.uri, &request.headers, settings)
}

/// The rules.
fn passes(method: &Method, uri: &Uri, headers: &HeaderMap, settings: &CsrfSettings) -> bool {
    // `TRACE` is safe too, but nobody needs it, and no browser sends it.
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let (Ok(site), Ok(origin)) = (single(headers, &SEC_FETCH_SITE), single(headers, &header::ORIGIN)) else {
        return false;
    };
    if origin.is_some_and(|origin| settings.trusts(origin)) {
        return true;
    }
    match (site, origin) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => Origin::parse(origin).is_some_and(|origin| origin.is_at(uri, headers)),
        (None, None) => true,
    }
}

/// The field of this name; an error where it is there twice, or cannot be read.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, ()> {
    let mut fields = headers.get_all(name).iter();
    let Some(field) = fields.next() else { return Ok(None) };
    if fields.next().is_some() {
        return Err(());
    }
    field.to_str().map(Some).map_err(drop)
}
