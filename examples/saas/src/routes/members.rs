//! Members: keys with `members:admin` see and add them.

use axum::{Json, http::StatusCode};
use testudo::prelude::*;

use super::TenantStack;
use crate::{
    App,
    shields::{MembersAdmin, Scope, scope},
    store::{Member, NewMember, TenantDb},
};

pub(super) fn routes(tenant: &TenantStack) -> Router<App> {
    let admin = tenant.shield(scope::<MembersAdmin>());

    Router::new().route("/members", admin.get(list).post(add))
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
