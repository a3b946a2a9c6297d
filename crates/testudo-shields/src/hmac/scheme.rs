//! How a sender writes its signature, and what it signs.

use base64::prelude::{BASE64_STANDARD, Engine};
use http::HeaderName;

/// Bytes of an HMAC-SHA256.
pub(super) const MAC_BYTES: usize = 32;

/// Where the signature is, and what it is over.
#[derive(Debug, Clone)]
pub(super) struct Scheme {
    /// The field with the signature.
    pub(super) header: HeaderName,
    pub(super) layout: Layout,
}

/// How the field is written.
#[derive(Debug, Clone)]
pub(super) enum Layout {
    /// One signature behind a prefix. The time, where there is one, has a field of its own.
    Single { prefix: Box<str>, encoding: Encoding, time: Option<Time> },
    /// `t=SECONDS` and one or more `v1=HEX`, separated by commas.
    Listed,
}

/// A signed time in a field of its own.
#[derive(Debug, Clone)]
pub(super) struct Time {
    pub(super) header: HeaderName,
    /// What is signed before the time, and between it and the content.
    pub(super) before: &'static str,
    pub(super) between: &'static str,
}

/// How bytes are written as text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Encoding {
    Hex,
    Base64,
}

impl Scheme {
    pub(super) fn github() -> Self {
        let layout = Layout::Single { prefix: "sha256=".into(), encoding: Encoding::Hex, time: None };
        Self { header: HeaderName::from_static("x-hub-signature-256"), layout }
    }

    pub(super) fn stripe() -> Self {
        Self { header: HeaderName::from_static("stripe-signature"), layout: Layout::Listed }
    }

    pub(super) fn slack() -> Self {
        let header = HeaderName::from_static("x-slack-request-timestamp");
        let time = Some(Time { header, before: "v0:", between: ":" });
        let layout = Layout::Single { prefix: "v0=".into(), encoding: Encoding::Hex, time };
        Self { header: HeaderName::from_static("x-slack-signature"), layout }
    }

    /// Whether a time is signed.
    pub(super) fn signs_time(&self) -> bool {
        !matches!(self.layout, Layout::Single { time: None, .. })
    }
}

impl Encoding {
    /// The signature this text stands for, if it is one.
    pub(super) fn decode(self, text: &str) -> Option<[u8; MAC_BYTES]> {
        let bytes = match self {
            Self::Hex => hex::decode(text).ok(),
            Self::Base64 => BASE64_STANDARD.decode(text).ok(),
        };
        bytes?.try_into().ok()
    }
}
