//! How a signature is verified: a first shield reads the header, so that a request without one costs no content; a
//! second verifies the content against it, and only then parses it.

mod billing;
mod github;

use std::{ops::Deref, sync::Arc};

use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use testudo::prelude::*;

pub use billing::{BillingClaim, billing_header, billing_signature};
pub use github::{GithubClaim, github_header, github_signature};

/// An event whose signature was verified. Only the shields of this module make it.
#[derive(Debug)]
pub struct Signed<T> {
    delivery: Arc<str>,
    event: Arc<T>,
}

impl<T> Signed<T> {
    /// Names the delivery: the same when the provider sends the event again.
    pub fn delivery(&self) -> &str {
        &self.delivery
    }
}

impl<T> Deref for Signed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.event
    }
}

impl<T> Clone for Signed<T> {
    fn clone(&self) -> Self {
        Self { delivery: self.delivery.clone(), event: self.event.clone() }
    }
}

/// The event in a content that is known to be the provider's.
fn parse<T: DeserializeOwned>(content: &[u8]) -> Result<T, Block> {
    serde_json::from_slice(content).map_err(|error| {
        let status = if error.is_data() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_REQUEST };
        Block::unworded()
            .status(status)
            .detail(format!("the content is not the event expected here: {error}"))
    })
}
