include!("../common.rs");

fn main() {
    let _: axum::Router<App> = axum::Router::new().route("/me", axum::routing::get(me));
}
