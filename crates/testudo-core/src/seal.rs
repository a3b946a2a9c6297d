//! What keeps the traits that carry proofs ours: nobody outside can name the token, and so nobody outside can write
//! a method that takes it.

/// Names a trait as one that only this crate implements.
#[derive(Debug, Clone, Copy)]
pub struct Seal(pub(crate) ());

pub(crate) const SEAL: Seal = Seal(());
