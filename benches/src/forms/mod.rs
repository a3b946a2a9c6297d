//! The service in each of its forms.

pub(crate) mod by_hand;
pub(crate) mod layers;
pub(crate) mod shielded;
