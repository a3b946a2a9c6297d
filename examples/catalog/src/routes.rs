//! Who may call what.

use testudo::{Passes, Requirement, Router, Stack};

use crate::{
    App,
    handlers::{create, list, list_for_members, me, one, remove, replace, sign_in, welcome},
    shields::{has_role, is_admin, sign_in_limit},
    users::{Role, User},
};

/// All routes, given a stack that passes the user.
pub fn routes(user: &Stack<App, Passes![User]>) -> Router<App> {
    let open = Stack::public("the catalogue is public");
    let newcomer = Stack::public("who signs in has no token yet").shield(sign_in_limit);
    let member = user.shield(has_role(Requirement::any_of([Role::User, Role::Admin])));
    let admin = user.shield(is_admin);

    Router::new()
        .route("/", open.get(welcome))
        .route("/products", (open.get(list), admin.post(create)))
        .route("/products/{id}", (open.get(one), admin.put(replace).delete(remove)))
        .route("/protected/products", member.get(list_for_members))
        .route("/token", newcomer.post(sign_in))
        .route("/me", user.get(me))
}
