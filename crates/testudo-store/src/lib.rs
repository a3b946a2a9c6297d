//! State that requests share, in one process or over many.
//!
//! | What you look for | Where it is |
//! |---|---|
//! | What an entry is found by | [`Key`] |

mod key;

pub use key::{Key, KeyMaker};
