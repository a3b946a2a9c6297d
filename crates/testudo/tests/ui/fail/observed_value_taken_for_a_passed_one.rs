include!("../common.rs");

fn main() {
    let user = Stack::new().shield(api_token).shield(is_admin.observe());
    let _: Router<App> = Router::new().route("/products/{id}", user.delete(remove));
}
