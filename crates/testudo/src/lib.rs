//! Testudo.
pub use axum::BoxError;
pub use testudo_core::*;
pub use testudo_macros::shield;
