//! The catalogue as a program in front of a Postgres that fails, is replaced, or has little room.

mod limits;
mod outage;
mod pgbouncer;
#[path = "../it/program/process.rs"]
#[expect(dead_code, reason = "every test binary uses its part of it")]
mod process;
mod service;
#[path = "../suite/support.rs"]
mod support;

/// The program's folder keeps no data here.
const DATABASE: support::Kind = support::Kind::Sqlite;
