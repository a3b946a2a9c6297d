include!("../common.rs");

#[shield(decides)]
fn session() -> Option<User> {
    None
}

fn main() {
    let twice = Stack::new().shield(api_token).shield(session);
    let _: Router<App> = Router::new().route("/me", twice.get(me));
}
