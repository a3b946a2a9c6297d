//! What the loader promises, on real files in folders of their own.

mod answers;
mod canary;
mod faults;
mod fixture;
mod generated;
mod invariants;
mod layers;
mod named;
mod properties;
mod reload;
