include!("../common.rs");

#[derive(Clone)]
struct Tenant;

#[shield(decides)]
fn of_tenant(_: HeaderMap, _: Passed<Tenant>) -> bool {
    true
}

fn main() {
    let user = Stack::new().shield(api_token);
    let _: Router<App> = Router::new().route("/me", user.shield(of_tenant).get(me));
}
