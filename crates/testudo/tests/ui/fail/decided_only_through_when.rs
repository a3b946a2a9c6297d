include!("../common.rs");

fn main() {
    let sometimes = Stack::new().shield(api_token.when(|parts| parts.uri.path() != "/"));
    let _: Router<App> = Router::new().route("/products", sometimes.get(list));
}
