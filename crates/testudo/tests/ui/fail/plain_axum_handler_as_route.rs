include!("../common.rs");

fn main() {
    let _: Router<App> = Router::new().route("/products", list);
}
