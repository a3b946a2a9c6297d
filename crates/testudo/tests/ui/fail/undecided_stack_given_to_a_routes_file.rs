include!("../common.rs");

fn routes(pages: &Stack<App, Passes![protects Page]>) -> Router<App> {
    Router::new().route("/products", pages.get(list))
}

fn main() {
    let _ = routes(&Stack::new().shield(page_number));
}
