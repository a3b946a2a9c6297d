//! The suite on SQLite.

mod suite;

/// What the catalogue keeps its data in here.
const DATABASE: suite::support::Kind = suite::support::Kind::Sqlite;
