//! Shields made of shields. Each keeps block and fail apart and never turns a fail into a pass.

mod map;
mod observe;
mod optional;
mod or;
mod timeout;
mod when;

pub use map::Map;
pub use observe::{Observe, Observed};
pub use optional::Optional;
pub use or::Or;
pub use timeout::Timeout;
pub use when::When;
