//! The rows of one tenant.

use std::{collections::BTreeMap, num::NonZeroU64};

use serde::{Deserialize, Serialize};

/// All rows of one tenant.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// Counted per tenant: a number that others count too would tell how much they do.
    last_id: u64,
    pub(super) invoices: BTreeMap<u64, Invoice>,
    pub(super) members: BTreeMap<u64, Member>,
}

impl Rows {
    pub(super) fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

/// An invoice.
#[derive(Debug, Clone, Serialize)]
pub struct Invoice {
    pub(super) id: u64,
    pub(super) customer: Name,
    pub(super) cents: NonZeroU64,
}

/// An invoice to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewInvoice {
    pub(super) customer: Name,
    pub(super) cents: NonZeroU64,
}

/// Somebody who works for the tenant.
#[derive(Debug, Clone, Serialize)]
pub struct Member {
    pub(super) id: u64,
    pub(super) name: Name,
}

/// A member to be.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    pub(super) name: Name,
}

/// A name of 1 to 100 characters that are not all blank.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let fits = !name.trim().is_empty() && name.chars().count() <= 100;
        if fits { Ok(Self(name)) } else { Err("a name has 1 to 100 characters and is not blank") }
    }
}
