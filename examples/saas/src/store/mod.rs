//! Keys, and rows by tenant, in memory: a real service keeps this in its database, as `examples/catalog` does.
//!
//! The rows are private to this module. What leaves it is [`TenantDb`], which a request gets for its own tenant only.

mod key;
mod rows;
mod tenant_db;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

pub use key::{Plan, StoredKey};
use rows::Rows;
pub use rows::{Invoice, Member, Name, NewInvoice, NewMember};
pub use tenant_db::TenantDb;

/// Keys and rows. Clones share them.
#[derive(Clone, Default)]
pub struct Store(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    /// By prefix, which is not secret.
    keys: HashMap<String, Arc<StoredKey>>,
    /// By tenant.
    rows: HashMap<String, Rows>,
}

impl Store {
    /// Adds a key, or replaces the one with this prefix.
    pub fn add_key(&self, prefix: &str, key: StoredKey) {
        self.with(|tables| tables.keys.insert(prefix.to_owned(), Arc::new(key)));
    }

    /// The key with this prefix. Whether its secret was presented is for the caller to check.
    pub fn key(&self, prefix: &str) -> Option<Arc<StoredKey>> {
        self.with(|tables| tables.keys.get(prefix).cloned())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Tables) -> T) -> T {
        // Every piece of work is one insertion or removal: a panic leaves nothing half-written.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
