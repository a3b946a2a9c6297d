include!("../common.rs");

async fn careless(_: Depends<Products>, Path(_): Path<u32>) {}

fn main() {
    let user = Stack::new().shield(api_token);
    let _: Router<App> = Router::new().route("/products/{id}", user.put(careless));
}
