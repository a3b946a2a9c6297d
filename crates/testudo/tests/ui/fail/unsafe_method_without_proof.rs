include!("../common.rs");

async fn careless(Path(_): Path<u32>) {}

fn main() {
    let user = Stack::new().shield(api_token);
    let _: Router<App> = Router::new().route("/products/{id}", user.delete(careless));
}
