//! Fields that tell browsers to be careful.
//!
//! What a handler has set stays where it still protects:
//!
//! | Field | What of a handler's stays |
//! |---|---|
//! | `Content-Security-Policy`, `Permissions-Policy`, `Cache-Control` | anything: they are made for one response |
//! | `X-Content-Type-Options` | `nosniff` |
//! | `X-Frame-Options` | `DENY`, `SAMEORIGIN` |
//! | `Referrer-Policy` | `no-referrer`, `same-origin`, `strict-origin`, `strict-origin-when-cross-origin` |
//! | `Cross-Origin-Resource-Policy` | `same-origin`, `same-site`, `cross-origin`: it is about this resource alone |
//! | `Cross-Origin-Opener-Policy` | `same-origin`, `same-origin-allow-popups`, `noopener-allow-popups` |
//! | `Strict-Transport-Security` | the stricter of each directive, and over TLS alone |
//! | `X-XSS-Protection` | `0`: its filter could be turned against the page |
//! | `X-Powered-By` | nothing |

mod csp;
mod floor;
mod hsts;
mod nonce;
mod preset;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use testudo_settings::{HeaderPreset, HeaderSettings};

pub use self::nonce::CspNonce;
pub(crate) use self::nonce::Nonce;
use self::{csp::Csp, floor::Field, hsts::Hsts};

/// Fields that tell browsers to be careful, made once from the configuration.
#[derive(Debug, Clone)]
pub(crate) struct SecurityHeaders {
    preset: HeaderPreset,
    csp: Csp,
    hsts: Hsts,
    fields: &'static [Field],
}

impl SecurityHeaders {
    /// The fields of the preset, with the policy of the configuration if it has one.
    ///
    /// # Errors
    /// A policy that is no field value or has `{nonce}` outside `'nonce-{nonce}'`; `preload` without what browsers ask
    /// for.
    pub(crate) fn from_settings(settings: &HeaderSettings) -> Result<Self, String> {
        let csp = match (&settings.content_security_policy, settings.preset) {
            (Some(policy), _) => Csp::parse(policy)?,
            (None, HeaderPreset::Api) => Csp::fixed(preset::API_POLICY),
            (None, HeaderPreset::Html) => Csp::parse(preset::PAGE_POLICY)?.elsewhere(preset::ASSET_POLICY),
        };
        let fields = match settings.preset {
            HeaderPreset::Api => &preset::API_FIELDS,
            HeaderPreset::Html => &preset::HTML_FIELDS,
        };
        Ok(Self { preset: settings.preset, csp, hsts: Hsts::from_settings(&settings.hsts)?, fields })
    }

    /// The nonce of one request, not yet made: for the extensions of the request, and for [`Self::apply`]. `None` where
    /// the policy has none.
    pub(crate) fn nonce(&self) -> Option<Nonce> {
        self.csp.has_nonce().then(Nonce::default)
    }

    /// Whether a handler's field of this name takes part in what [`Self::apply`] does, where there is no nonce.
    pub(crate) fn looks_at(&self, name: &HeaderName) -> bool {
        /// Beside those of the preset.
        const OTHERS: [HeaderName; 6] = [
            header::CONTENT_SECURITY_POLICY,
            header::CACHE_CONTROL,
            header::STRICT_TRANSPORT_SECURITY,
            header::ETAG,
            header::LAST_MODIFIED,
            preset::X_POWERED_BY,
        ];
        let is_of_preset = || self.fields.iter().any(|field| field.is_named(name));
        OTHERS.contains(name) || is_of_preset() || floor::X_XSS_PROTECTION.is_named(name)
    }

    /// Adds the fields to a response, and takes away or replaces what would protect less. `secure` says whether the
    /// client spoke TLS.
    pub(crate) fn apply(
        &self,
        status: StatusCode,
        headers: &mut HeaderMap,
        secure: bool,
        nonce: Option<&Nonce>,
    ) {
        for field in self.fields {
            field.apply(headers);
        }
        floor::X_XSS_PROTECTION.apply_where_set(headers);
        headers.remove(preset::X_POWERED_BY);
        self.hsts.apply(headers, secure);
        // A 304 replaces the fields of the stored response (RFC 9111, section 3.2), whose nonce is in its content.
        if status != StatusCode::NOT_MODIFIED {
            self.apply_policy(headers, nonce);
            self.forbid_storing(headers);
        }
    }

    fn apply_policy(&self, headers: &mut HeaderMap, nonce: Option<&Nonce>) {
        let is_page = nonce.is_some() && is_page(headers);
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| {
            self.csp.value(if is_page { nonce.and_then(Nonce::make) } else { nonce.and_then(Nonce::made) })
        });
    }

    /// Where a handler has said nothing about storing. Beside pages, files have validators, which do say something.
    fn forbid_storing(&self, headers: &mut HeaderMap) {
        let has_validator =
            || headers.contains_key(header::ETAG) || headers.contains_key(header::LAST_MODIFIED);
        if self.preset == HeaderPreset::Html && has_validator() {
            return;
        }
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}

/// Whether browsers show the response as a page.
fn is_page(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else { return false };
    let essence = content_type.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    essence.eq_ignore_ascii_case(b"text/html") || essence.eq_ignore_ascii_case(b"application/xhtml+xml")
}

#[cfg(test)]
mod tests;
