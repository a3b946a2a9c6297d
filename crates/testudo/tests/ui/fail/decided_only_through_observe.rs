include!("../common.rs");

fn main() {
    let seen = Stack::new().shield(api_token.observe());
    let _: Router<App> = Router::new().route("/products", seen.get(list));
}
