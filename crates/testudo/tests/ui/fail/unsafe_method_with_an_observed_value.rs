include!("../common.rs");

use testudo::Observed;

async fn careless(_: Passed<Observed<Admin>>, Path(_): Path<u32>) {}

fn main() {
    let user = Stack::new().shield(api_token).shield(is_admin.observe());
    let _: Router<App> = Router::new().route("/products/{id}", user.put(careless));
}
