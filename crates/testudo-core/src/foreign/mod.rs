//! Shields in routers that Testudo does not own: route by route, as a layer or as an extractor.

mod extractor;
mod layer;

pub use extractor::{ShieldTuple, Shielded};
pub use layer::{ShieldLayer, ShieldService};
