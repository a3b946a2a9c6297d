include!("../common.rs");

fn main() {
    let maybe = Stack::new().shield(api_token.optional());
    let _: Router<App> = Router::new().route("/products", maybe.get(list));
}
