include!("../common.rs");

fn main() {
    let _: Router<App> = Router::new().merge(axum::Router::new().route("/x", axum::routing::get(list)));
}
