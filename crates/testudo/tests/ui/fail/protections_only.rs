include!("../common.rs");

fn main() {
    let _: Router<App> = Router::new().route("/products", Stack::new().shield(rate_limit(5)).shield(page_number).get(list));
}
