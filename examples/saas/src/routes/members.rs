//! Members: keys with `members:admin` see and change them.

use axum::{Json, extract::Path, http::StatusCode};
use serde::Deserialize;
use testudo::prelude::*;

use super::TenantStack;
use crate::{
    App,
    shields::{MembersAdmin, Scope, scope},
    store::{Member, NewMember, TenantDb},
};

pub(super) fn routes(tenant: &TenantStack) -> Router<App> {
    let admin = tenant.shield(scope::<MembersAdmin>());

    Router::new().route("/members", admin.get(list).post(add)).route("/members/{id}", admin.delete(remove))
}

/// The `{id}` of a path. The tenant in it was the shield's to read.
#[derive(Deserialize)]
struct MemberPath {
    id: u64,
}

async fn list(_: Passed<Scope<MembersAdmin>>, db: Depends<TenantDb>) -> Json<Vec<Member>> {
    Json(db.members())
}

async fn add(
    _: Passed<Scope<MembersAdmin>>,
    db: Depends<TenantDb>,
    Json(member): Json<NewMember>,
) -> Result<(StatusCode, Json<Member>), Problem> {
    Ok((StatusCode::CREATED, Json(db.add_member(member)?)))
}

async fn remove(
    _: Passed<Scope<MembersAdmin>>,
    Path(path): Path<MemberPath>,
    db: Depends<TenantDb>,
) -> Result<StatusCode, Problem> {
    if db.remove_member(path.id) {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Problem::not_found(format!("there is no member {}", path.id)))
}
