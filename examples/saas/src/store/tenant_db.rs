//! The store as one tenant sees it.

use std::convert::Infallible;

use axum::extract::State;
use testudo::prelude::*;

use super::{Invoice, Member, NewInvoice, NewMember, Store, rows::Rows};
use crate::shields::Tenant;

/// Most rows of a kind that a tenant may have.
const ROWS_MAX: usize = 1_000;

/// The rows of the tenant that the request is for, and of nobody else.
///
/// A handler gets it as `Depends<TenantDb>`, so it compiles only below a shield that passes [`Tenant`]; no method
/// takes a tenant, so there is none to get wrong.
#[derive(Debug)]
pub struct TenantDb {
    tenant: Tenant,
    store: Store,
}

impl Dependency for TenantDb {
    type From = (Passed<Tenant>, State<Store>);
    type Error = Infallible;

    async fn resolve((Passed(tenant), State(store)): Self::From) -> Result<Self, Infallible> {
        Ok(Self { tenant, store })
    }
}

impl TenantDb {
    /// All invoices, oldest first.
    pub fn invoices(&self) -> Vec<Invoice> {
        self.rows(|rows| rows.invoices.values().cloned().collect())
    }

    /// The invoice with this id.
    pub fn invoice(&self, id: u64) -> Option<Invoice> {
        self.rows(|rows| rows.invoices.get(&id).cloned())
    }

    /// Stores an invoice.
    ///
    /// # Errors
    /// `409` when the tenant has as many as it may.
    pub fn add_invoice(&self, NewInvoice { customer, cents }: NewInvoice) -> Result<Invoice, Problem> {
        self.rows(|rows| {
            check_room(rows.invoices.len())?;
            let id = rows.next_id();
            let invoice = Invoice { id, customer, cents };
            rows.invoices.insert(id, invoice.clone());
            Ok(invoice)
        })
    }

    /// Removes an invoice, and says whether there was one.
    pub fn remove_invoice(&self, id: u64) -> bool {
        self.rows(|rows| rows.invoices.remove(&id).is_some())
    }

    /// All members, oldest first.
    pub fn members(&self) -> Vec<Member> {
        self.rows(|rows| rows.members.values().cloned().collect())
    }

    /// Stores a member.
    ///
    /// # Errors
    /// `409` when the tenant has as many as it may.
    pub fn add_member(&self, NewMember { name }: NewMember) -> Result<Member, Problem> {
        self.rows(|rows| {
            check_room(rows.members.len())?;
            let id = rows.next_id();
            let member = Member { id, name };
            rows.members.insert(id, member.clone());
            Ok(member)
        })
    }

    /// The one place where rows are looked up: by the tenant of this request.
    fn rows<T>(&self, work: impl FnOnce(&mut Rows) -> T) -> T {
        self.store.with(|tables| work(tables.rows.entry(self.tenant.id().to_owned()).or_default()))
    }
}

fn check_room(rows: usize) -> Result<(), Problem> {
    if rows < ROWS_MAX {
        Ok(())
    } else {
        Err(Problem::conflict(format!("a tenant has at most {ROWS_MAX} of these")))
    }
}
