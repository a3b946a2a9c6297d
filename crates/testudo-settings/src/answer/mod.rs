//! What the configuration says about itself. Secrets are redacted in all of it.

mod diff;
mod effective;
mod explain;
mod sample;
mod schema;
mod show;
mod toml_text;

pub use diff::Differences;
pub(crate) use diff::{SideOf, diff};
pub(crate) use effective::{Effective, effective, redacted, shown_safely};
pub(crate) use explain::{asked, explain};
pub(crate) use sample::sample;
pub(crate) use schema::schema;
pub(crate) use show::{show, show_json};
pub(crate) use toml_text::toml_value;
