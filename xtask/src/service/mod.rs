//! Services as processes of their own, for whoever strains or judges them.

pub(crate) mod client;
mod programs;
pub(crate) mod server;

pub(crate) use self::programs::Programs;
