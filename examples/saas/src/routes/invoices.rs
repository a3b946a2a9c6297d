//! Invoices: keys with `invoices:read` see them, keys with `invoices:write` change them.

use axum::{Json, extract::Path, http::StatusCode};
use serde::Deserialize;
use testudo::prelude::*;

use super::TenantStack;
use crate::{
    App,
    shields::{InvoicesRead, InvoicesWrite, Scope, scope},
    store::{Invoice, NewInvoice, TenantDb},
};

pub(super) fn routes(tenant: &TenantStack) -> Router<App> {
    let read = tenant.shield(scope::<InvoicesRead>());
    let write = tenant.shield(scope::<InvoicesWrite>());

    Router::new()
        .route("/invoices", (read.get(list), write.post(create)))
        .route("/invoices/{id}", (read.get(one), write.delete(void)))
}

/// The `{id}` of a path. The tenant in it was the shield's to read.
#[derive(Deserialize)]
struct InvoicePath {
    id: u64,
}

// Every handler names the proof it relies on: behind a stack that does not pass it, it does not compile.
async fn list(_: Passed<Scope<InvoicesRead>>, db: Depends<TenantDb>) -> Json<Vec<Invoice>> {
    Json(db.invoices())
}

async fn one(
    _: Passed<Scope<InvoicesRead>>,
    Path(path): Path<InvoicePath>,
    db: Depends<TenantDb>,
) -> Result<Json<Invoice>, Problem> {
    db.invoice(path.id).map(Json).ok_or_else(|| no_such_invoice(path.id))
}

async fn create(
    _: Passed<Scope<InvoicesWrite>>,
    db: Depends<TenantDb>,
    Json(invoice): Json<NewInvoice>,
) -> Result<(StatusCode, Json<Invoice>), Problem> {
    Ok((StatusCode::CREATED, Json(db.add_invoice(invoice)?)))
}

async fn void(
    _: Passed<Scope<InvoicesWrite>>,
    Path(path): Path<InvoicePath>,
    db: Depends<TenantDb>,
) -> Result<StatusCode, Problem> {
    if db.remove_invoice(path.id) { Ok(StatusCode::NO_CONTENT) } else { Err(no_such_invoice(path.id)) }
}

fn no_such_invoice(id: u64) -> Problem {
    Problem::not_found(format!("there is no invoice {id}"))
}
