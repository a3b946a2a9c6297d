//! Behaviour that must hold, over a real socket. The modules follow the list of behaviour cases.

mod authorisation;
mod clean_up;
mod combinators;
mod concurrency;
mod content;
mod events;
mod fixture;
mod foreign;
mod input_errors;
mod observe;
mod order_and_laziness;
mod rejection;
mod routers;
#[cfg(feature = "server")]
mod sections;
mod values;
