//! The fields of the two presets. Their values are what MDN's HTTP Observatory asks for.

use http::{HeaderName, header};

use super::floor::{Field, Stays};

pub(super) const X_POWERED_BY: HeaderName = HeaderName::from_static("x-powered-by");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Nothing is loaded, rendered or framed. The last three are not covered by `default-src` (CSP level 3, section 6.1.3).
pub(super) const API_POLICY: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Scripts run only with the nonce, and those that they load; styles are the service's own, or have the nonce.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; \
     style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self'; \
     manifest-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// For what a service of pages sends beside pages: scripts of workers, images that are looked at alone.
pub(super) const ASSET_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Devices and payments are nobody's business unless a handler says so.
const NO_FEATURES: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// Values of `Referrer-Policy` that tell other sites no path (Referrer Policy, section 3).
const REFERRER_FLOOR: Stays =
    Stays::OneOf(&["no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"]);

const NOSNIFF: Field = Field::new(header::X_CONTENT_TYPE_OPTIONS, "nosniff", Stays::OneOf(&["nosniff"]));
const NO_FRAMES: Field = Field::new(header::X_FRAME_OPTIONS, "DENY", Stays::OneOf(&["deny", "sameorigin"]));
const OWN_RESOURCES: Field =
    Field::new(RESOURCE_POLICY, "same-origin", Stays::OneOf(&["same-origin", "same-site", "cross-origin"]));
const OWN_OPENERS: Field = Field::new(
    OPENER_POLICY,
    "same-origin",
    Stays::OneOf(&["same-origin", "same-origin-allow-popups", "noopener-allow-popups"]),
);
const PERMISSIONS: Field = Field::new(PERMISSIONS_POLICY, NO_FEATURES, Stays::Anything);

pub(super) static API_FIELDS: [Field; 6] = [
    NOSNIFF,
    NO_FRAMES,
    Field::new(header::REFERRER_POLICY, "no-referrer", REFERRER_FLOOR),
    OWN_RESOURCES,
    OWN_OPENERS,
    PERMISSIONS,
];

/// Pages may tell other sites where their visitors come from, but not from which page.
pub(super) static HTML_FIELDS: [Field; 6] = [
    NOSNIFF,
    NO_FRAMES,
    Field::new(header::REFERRER_POLICY, "strict-origin-when-cross-origin", REFERRER_FLOOR),
    OWN_RESOURCES,
    OWN_OPENERS,
    PERMISSIONS,
];
