include!("../common.rs");

fn main() {
    let user = Stack::new().shield(api_token);
    let _: Router<App> = Router::new().route("/products/{id}", user.delete(remove));
}
