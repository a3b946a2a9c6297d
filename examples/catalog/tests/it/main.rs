//! The catalogue as its operators meet it: a program, with a file of its own.

mod program;
#[path = "../suite/support.rs"]
mod support;

/// What the catalogue keeps its data in here.
const DATABASE: support::Kind = support::Kind::Sqlite;
