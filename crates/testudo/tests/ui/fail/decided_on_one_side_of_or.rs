include!("../common.rs");

#[shield(name = "Anonymous")]
fn anonymous() -> Option<User> {
    Some(User { admin: false })
}

fn main() {
    let either = Stack::new().shield(api_token.or(anonymous));
    let _: Router<App> = Router::new().route("/products", either.get(list));
}
