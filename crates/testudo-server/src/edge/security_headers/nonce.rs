//! The nonce of a response (CSP level 3, section 7.1), made when somebody first asks for it.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use axum::extract::FromRequestParts;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::request::Parts;
use testudo_core::Problem;

/// The least that is asked for: 128 bits (CSP level 3, section 7.1).
const NONCE_BYTES: usize = 16;

/// The nonce of one response: its request's extensions have it, and whoever writes the policy.
#[derive(Debug, Clone, Default)]
pub(crate) struct Nonce(Arc<OnceLock<Option<String>>>);

impl Nonce {
    /// The nonce, made now if nobody has asked before. `None` if the system gives no random bytes.
    pub(crate) fn make(&self) -> Option<&str> {
        self.0.get_or_init(random).as_deref()
    }

    /// The nonce, if somebody has asked for it.
    pub(crate) fn made(&self) -> Option<&str> {
        self.0.get().and_then(Option::as_deref)
    }
}

/// Letters, digits, `-` and `_`, so that it needs no escaping anywhere.
fn random() -> Option<String> {
    let mut bytes = [0; NONCE_BYTES];
    getrandom::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// The nonce of this response: scripts and styles that carry it in their attribute `nonce` are allowed by the response's
/// `Content-Security-Policy`. It is 22 letters, digits, `-` and `_` of 128 random bits, and another one in every
/// response.
///
/// Handlers ask for it as an argument. A service has nonces with `headers.preset = "html"`, or with `'nonce-{nonce}'` in
/// `headers.content_security_policy`; elsewhere, asking for one fails (`500`), since no policy would know it.
///
/// ```
/// use axum::{extract::FromRequestParts, http::Request, response::Html};
/// use testudo_server::CspNonce;
///
/// async fn page(nonce: CspNonce) -> Html<String> {
///     Html(format!("<!doctype html><script nonce=\"{nonce}\">document.title = 'hello'</script>"))
/// }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let (mut parts, ()) = Request::new(()).into_parts();
/// assert!(CspNonce::from_request_parts(&mut parts, &()).await.is_err()); // no service, no policy, no nonce
/// # });
/// ```
#[derive(Debug, Clone)]
pub struct CspNonce(Nonce);

impl CspNonce {
    /// The nonce as text.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// # use testudo_server::CspNonce;
    ///
    /// let script = async |nonce: CspNonce| format!("<script nonce=\"{}\" src=\"/app.js\"></script>", nonce.as_str());
    /// assert!(Router::<()>::new().route("/", get(script)).has_routes());
    /// ```
    pub fn as_str(&self) -> &str {
        self.0.made().unwrap_or_default()
    }
}

impl fmt::Display for CspNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for CspNonce {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let nonce = parts.extensions.get::<Nonce>().ok_or_else(|| {
            Problem::internal(
                "responses have no nonce: set `headers.preset` to `html`, or put `'nonce-{nonce}'` into \
                 `headers.content_security_policy`",
            )
        })?;
        if nonce.make().is_none() {
            return Err(Problem::internal("there is no nonce: the system gives no random bytes"));
        }
        Ok(Self(nonce.clone()))
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;
    use http::Request;

    use super::*;

    #[test]
    fn a_nonce_is_made_once_and_differs_from_any_other() {
        let nonce = Nonce::default();
        assert_eq!(nonce.made(), None);
        let text = nonce.make().unwrap().to_owned();
        assert_eq!((nonce.clone().make(), nonce.made()), (Some(text.as_str()), Some(text.as_str())));
        assert_eq!(text.len(), 22);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_ne!(Nonce::default().make().unwrap(), text);
    }

    #[tokio::test]
    async fn a_handler_gets_the_nonce_that_the_policy_will_have() {
        let nonce = Nonce::default();
        let (mut parts, ()) = Request::new(()).into_parts();
        parts.extensions.insert(nonce.clone());
        let got = CspNonce::from_request_parts(&mut parts, &()).await.unwrap();
        assert_eq!(Some(got.as_str()), nonce.made());
        assert_eq!(got.to_string(), got.as_str());

        let (mut parts, ()) = Request::new(()).into_parts();
        let problem = CspNonce::from_request_parts(&mut parts, &()).await.unwrap_err();
        assert_eq!(problem.into_response().status(), 500);
    }
}
