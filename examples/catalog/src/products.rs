//! Products, and what clients say about them.

use garde::Validate;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// A product as clients see it.
#[derive(Debug, Serialize, FromRow)]
pub(crate) struct Product {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) price: f64,
    pub(crate) category: String,
    pub(crate) in_stock: bool,
}

/// What a client says about a product. An `id` among it is ignored.
#[derive(Debug, Deserialize, Validate)]
pub(crate) struct ProductFields {
    /// 1 to 100 characters, not all of them blank.
    #[garde(length(chars, max = 100), custom(not_blank))]
    pub(crate) name: String,
    /// Up to 1,000 characters.
    #[garde(length(chars, max = 1_000))]
    pub(crate) description: String,
    /// 0 to 1,000,000.
    #[garde(range(min = 0.0, max = 1_000_000.0))]
    pub(crate) price: f64,
    /// 1 to 50 characters, not all of them blank.
    #[garde(length(chars, max = 50), custom(not_blank))]
    pub(crate) category: String,
    /// Defaults to true.
    #[garde(skip)]
    #[serde(default = "in_stock")]
    pub(crate) in_stock: bool,
}

fn in_stock() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is garde's")]
fn not_blank(text: &str, (): &()) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}
